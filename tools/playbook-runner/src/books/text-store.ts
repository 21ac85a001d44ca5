const CHUNK_BYTES = 1 << 20;

interface Chunk {
  readonly bytes: Buffer;
  /** Where each text of the chunk ends. */
  readonly ends: number[];
  readonly firstPosition: number;
}

/**
 * Many short texts by position, as UTF-8 outside the garbage-collected heap. A text of a million takes its bytes and a
 * few more, where a string of its own would take some 50 more.
 */
export class TextStore {
  readonly #chunks: Chunk[] = [];
  #length = 0;

  push(text: string): void {
    const bytes = Buffer.byteLength(text);
    let chunk = this.#chunks.at(-1);
    if (chunk === undefined || endOf(chunk) + bytes > chunk.bytes.length) {
      chunk = {
        bytes: Buffer.allocUnsafeSlow(Math.max(CHUNK_BYTES, bytes)),
        ends: [],
        firstPosition: this.#length,
      };
      this.#chunks.push(chunk);
    }
    const start = endOf(chunk);
    chunk.bytes.write(text, start);
    chunk.ends.push(start + bytes);
    this.#length += 1;
  }

  /** @throws RangeError where there is no such position. */
  at(position: number): string {
    const chunk = this.#chunks.findLast(({ firstPosition }) => firstPosition <= position);
    const end = chunk?.ends[position - chunk.firstPosition];
    if (chunk === undefined || end === undefined) throw new RangeError(`There is no text at ${position}.`);
    return chunk.bytes.toString('utf8', chunk.ends[position - chunk.firstPosition - 1] ?? 0, end);
  }
}

function endOf(chunk: Chunk): number {
  return chunk.ends.at(-1) ?? 0;
}
