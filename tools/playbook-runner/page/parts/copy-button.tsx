import { useEffect, useState } from 'react';
import { Button } from './button.js';

interface CopyButtonProps {
  readonly text: string;
  readonly label?: string;
}

const thanksMs = 2_000;

export function CopyButton({ text, label = 'Copy' }: CopyButtonProps) {
  const [outcome, setOutcome] = useState<'copied' | 'refused' | null>(null);
  useEffect(() => {
    if (outcome !== 'copied') return;
    const timer = window.setTimeout(() => setOutcome(null), thanksMs);
    return () => window.clearTimeout(timer);
  }, [outcome]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setOutcome('copied');
    } catch {
      setOutcome('refused');
    }
  };
  return (
    <>
      <Button small onClick={() => void copy()}>
        {outcome === 'copied' ? 'Copied' : label}
      </Button>
      <span className={outcome === 'refused' ? undefined : 'visually-hidden'} role="status">
        {outcome === 'copied' && 'Copied'}
        {outcome === 'refused' && 'The browser did not allow it: select the text and copy it with the keyboard.'}
      </span>
    </>
  );
}
