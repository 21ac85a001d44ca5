import { useState } from 'react';
import { type Held, holdLines } from './held-lines.js';

/**
 * The lines to hold still while `wanted`; null while they may move.
 * @param before what was held when the list was last to be seen
 */
export function useHeldLines<Line extends { readonly number: number }>(
  stored: readonly Line[],
  wanted: boolean,
  before: Held<Line> = null,
): Held<Line> {
  const [held, setHeld] = useState(before);
  const next = holdLines(held, stored, wanted);
  if (next !== held) setHeld(next);
  return next;
}
