import { useState } from 'react';
import type { LogLine } from '../../../src/wire/live.js';
import { shownText } from '../events/shown-text.js';

/** Says the latest error to screen readers: of those that came while the logs are open, and of errors alone. */
export function NewError({ lines }: { readonly lines: readonly LogLine[] }) {
  const [seen] = useState(() => lines.at(-1)?.number ?? 0);
  const latest = lines.findLast(({ number, level }) => number > seen && (level === 'error' || level === 'critical'));
  return (
    <p className="visually-hidden" aria-live="polite">
      {latest && `${latest.level}: ${shownText(latest.message)}`}
    </p>
  );
}
