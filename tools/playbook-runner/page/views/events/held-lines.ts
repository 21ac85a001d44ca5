interface Numbered {
  /** Counts up from 1. */
  readonly number: number;
}

/** A list that stands still shows the lines of the moment at which it was held; null: it moves. */
export type Held<Line> = readonly Line[] | null;

/**
 * What is held next, `kept` being what there is now. A runner that was started again counts from 1: what was held is
 * gone.
 */
export function holdLines<Line extends Numbered>(
  held: Held<Line>,
  stored: readonly Line[],
  wanted: boolean,
): Held<Line> {
  if (!wanted || stored.length === 0) return null;
  return held === null || newest(stored) < newest(held) ? stored : held;
}

/** How many lines have come since. */
export function newSince<Line extends Numbered>(held: Held<Line>, stored: readonly Line[]): number {
  return held === null ? 0 : newest(stored) - newest(held);
}

function newest(lines: readonly Numbered[]): number {
  return lines.at(-1)?.number ?? 0;
}
