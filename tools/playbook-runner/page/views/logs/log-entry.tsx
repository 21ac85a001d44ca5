import { memo } from 'react';
import type { LogLine } from '../../../src/wire/live.js';
import { Time } from '../../parts/time.js';
import { shownText } from '../events/shown-text.js';
import { type MessagePart, messageParts } from './log-text.js';

interface LogEntryProps {
  readonly line: LogLine;
  readonly search: string;
}

export const LogEntry = memo(function LogEntry({ line, search }: LogEntryProps) {
  return (
    <li className={`log-entry log-${line.level}`}>
      <span className="log-time">
        <Time atMs={line.atMs} precision="second" />
      </span>
      <span className="log-level">{line.level}</span>
      <span className="log-origin">{line.origin}</span>
      <bdi className="log-message">
        {messageParts(line.message, search).map((part, index) => (
          <Part key={index} part={part} />
        ))}
      </bdi>
    </li>
  );
});

function Part({ part }: { readonly part: MessagePart }) {
  // Line breaks and tabs are kept: an output may be a table or a stack.
  const text = part.text
    .split(/([\n\t])/u)
    .map((piece) => (piece === '\n' || piece === '\t' ? piece : shownText(piece)))
    .join('');
  if (part.kind === 'hit') return <mark>{text}</mark>;
  if (part.kind === 'code') return <code className="log-code">{text}</code>;
  return text;
}
