import type { ReactNode } from 'react';
import '../overview/disclosure.css';
import { cutFirstSentence } from './state-story.js';

interface ReasonProps {
  /** As the trigger says it. */
  readonly message: string;
  /** What follows from it. */
  readonly children?: ReactNode;
}

/** What is wrong: its first sentence, what follows, and the other sentences for those who want them. */
export function Reason({ message, children }: ReasonProps) {
  const [first, rest] = cutFirstSentence(message);
  return (
    <>
      <p>{first}</p>
      {children}
      {rest !== '' && (
        <details className="disclosure">
          <summary>Read on</summary>
          <p>{rest}</p>
        </details>
      )}
    </>
  );
}
