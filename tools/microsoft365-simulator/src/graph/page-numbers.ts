import type { PageKey } from './page-key.js';

/**
 * Which page of its result a token leads to. The token itself does not say so, but faults are asked for by page. Only
 * the latest tokens are remembered; one that was not given out here leads to some later page, and counts as the second.
 */
export class PageNumbers {
  readonly #capacity: number;
  readonly #numbers = new Map<string, number>();

  constructor(capacity = 10_000) {
    this.#capacity = capacity;
  }

  add(filter: string, after: PageKey, number: number): void {
    const name = nameOf(filter, after);
    this.#numbers.delete(name);
    this.#numbers.set(name, number);
    for (const oldest of this.#numbers.keys()) {
      if (this.#numbers.size <= this.#capacity) break;
      this.#numbers.delete(oldest);
    }
  }

  find(filter: string, after: PageKey): number {
    return this.#numbers.get(nameOf(filter, after)) ?? 2;
  }
}

function nameOf(filter: string, { received, recipient }: PageKey): string {
  return [filter, received.ms, received.ticks, recipient.toLowerCase()].join('\n');
}
