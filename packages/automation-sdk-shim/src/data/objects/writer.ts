import { randomUUID } from 'node:crypto';

/** Marks what this process writes, each write by itself: so a write whose answer was lost can be recognised. */
export class Writer {
  readonly #id = randomUUID();
  #writes = 0;

  mark(): string {
    this.#writes += 1;
    return `${this.#id}.${this.#writes}`;
  }

  wrote(mark: string | undefined): boolean {
    return mark?.startsWith(`${this.#id}.`) === true;
  }
}
