import type { Input, Part } from './target.js';
import { valuesIn } from './json-text.js';

export interface MinimiseOptions {
  /** Whether a smaller input still breaks the same. */
  readonly stillFails: (input: Input) => Promise<boolean>;
  readonly tries: number;
  readonly isOver: () => boolean;
}

/** A smaller input that breaks the same: without parts, without stretches of bytes, with simpler values. */
export async function minimise(input: Input, { stillFails, tries, isOver }: MinimiseOptions): Promise<Input> {
  let best = input;
  let left = tries;
  const attempt = async (candidate: Input): Promise<boolean> => {
    if (left <= 0 || isOver()) return false;
    left -= 1;
    if (!(await stillFails(candidate))) return false;
    best = candidate;
    return true;
  };
  for (let at = best.length - 1; at >= 0 && best.length > 1; at -= 1)
    await attempt(best.filter((_part, index) => index !== at));
  for (let at = 0; at < best.length; at += 1) {
    await withoutValues(at);
    await withoutBytes(at);
  }
  return best;

  async function withoutBytes(at: number): Promise<void> {
    for (let size = Math.ceil(partAt(at).bytes.length / 2); size >= 1; size = size > 1 ? Math.ceil(size / 2) : 0) {
      for (let from = 0; from < partAt(at).bytes.length && left > 0 && !isOver();) {
        const { bytes } = partAt(at);
        const shorter = Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + size)]);
        if (!(await attempt(withBytes(at, shorter)))) from += size;
      }
    }
  }

  /** Largest first: a list of rows as a whole, then its rows. */
  async function withoutValues(at: number): Promise<void> {
    const spans = () => valuesIn(partAt(at).bytes.toString('latin1')).sort((a, b) => b.to - b.from - (a.to - a.from));
    for (let index = 0; index < spans().length && left > 0 && !isOver();) {
      const span = spans()[index];
      if (span === undefined) return;
      const { bytes } = partAt(at);
      const replacements = span.to - span.from > 1 ? ['0', '""', '[]', '{}'] : [];
      let isSimpler = false;
      for (const by of replacements) {
        if (by.length >= span.to - span.from) continue;
        const simpler = Buffer.concat([bytes.subarray(0, span.from), Buffer.from(by), bytes.subarray(span.to)]);
        isSimpler ||= await attempt(withBytes(at, simpler));
      }
      if (!isSimpler) index += 1;
    }
  }

  function partAt(at: number): Part {
    return best[at] ?? { name: '', bytes: Buffer.alloc(0) };
  }

  function withBytes(at: number, bytes: Buffer): Input {
    return best.map((part, index) => (index === at ? { ...part, bytes } : part));
  }
}
