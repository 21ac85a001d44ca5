/**
 * A bucket's content as objects: an object storage cannot write into an object, so each write is one of its own, a
 * part. Parts are numbered in the order of the writes, and the content is what comes of repeating them.
 */
export interface Part {
  /** The offset in bytes; `whole` for the content of all parts before it, which then count for nothing. */
  readonly at: number | 'whole';
  readonly content: Buffer;
}

const HEADER_BYTES = 8;
const WHOLE = -1n;

/** The name of a part is its number alone, so that two processes cannot both write the next one. */
export function namePart(number: number): string {
  return String(number).padStart(8, '0');
}

/** The numbers in their order; what names no part is left out. */
export function numbersOf(names: readonly string[]): number[] {
  return names
    .filter((name) => /^\d{8,15}$/.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** The part as an object's body: at, as a big-endian 64-bit integer (whole: -1), then the content. */
export function encodePart({ at, content }: Part): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeBigInt64BE(at === 'whole' ? WHOLE : BigInt(at));
  return Buffer.concat([header, content]);
}

/** Undefined where the body is no part. */
export function decodePart(body: Buffer): Part | undefined {
  if (body.length < HEADER_BYTES) return undefined;
  const at = body.readBigInt64BE();
  if (at < WHOLE || at > BigInt(Number.MAX_SAFE_INTEGER)) return undefined;
  return { at: at === WHOLE ? 'whole' : Number(at), content: body.subarray(HEADER_BYTES) };
}

/** What comes of the writes, one after the other; gaps are zeros, as in a file. */
export function joinParts(parts: readonly Part[]): Buffer {
  const lastWhole = parts.findLastIndex(({ at }) => at === 'whole');
  const current = parts.slice(Math.max(0, lastWhole));
  const placed = current.map(({ at, content }) => ({ offset: at === 'whole' ? 0 : at, content }));
  const joined = Buffer.alloc(placed.reduce((end, { offset, content }) => Math.max(end, offset + content.length), 0));
  for (const { offset, content } of placed) content.copy(joined, offset);
  return joined;
}
