import { useState } from 'react';
import { type Held, holdLines } from './held-lines.js';

/** The lines to hold still while `wanted`; null while they may move. */
export function useHeldLines<Line extends { readonly number: number }>(
  kept: readonly Line[],
  wanted: boolean,
): Held<Line> {
  const [held, setHeld] = useState<Held<Line>>(null);
  const next = holdLines(held, kept, wanted);
  if (next !== held) setHeld(next);
  return next;
}
