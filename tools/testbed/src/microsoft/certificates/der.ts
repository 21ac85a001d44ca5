/** The few values of ASN.1's distinguished encoding (X.690) that a certificate is made of. */

function tagged(tag: number, content: Buffer): Buffer {
  return Buffer.concat([Buffer.from([tag]), length(content.byteLength), content]);
}

function length(bytes: number): Buffer {
  if (bytes < 0x80) return Buffer.from([bytes]);
  const digits = Buffer.from(bytes.toString(16).padStart(bytes > 0xff ? 4 : 2, '0'), 'hex');
  return Buffer.from([0x80 | digits.byteLength, ...digits]);
}

export function sequence(...items: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(items));
}

export function set(...items: readonly Buffer[]): Buffer {
  return tagged(0x31, Buffer.concat(items));
}

/** A whole number of at least 0; `bytes` has its most significant byte first, and the sign bit clear. */
export function integer(bytes: Buffer): Buffer {
  return tagged(0x02, bytes);
}

export function objectIdentifier(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number);
  return tagged(0x06, Buffer.from([40 * first + second, ...rest.flatMap(base128)]));
}

function base128(number: number): number[] {
  const digits = [number & 0x7f];
  for (let left = number >>> 7; left > 0; left >>>= 7) digits.unshift(0x80 | (left & 0x7f));
  return digits;
}

export function utf8String(text: string): Buffer {
  return tagged(0x0c, Buffer.from(text));
}

/** Between 1950 and 2049. */
export function utcTime(instantMs: number): Buffer {
  const digits = new Date(instantMs).toISOString().replace(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${digits}Z`));
}

export function bitString(content: Buffer): Buffer {
  return tagged(0x03, Buffer.concat([Buffer.from([0]), content]));
}

export function octetString(content: Buffer): Buffer {
  return tagged(0x04, content);
}

export const yes: Buffer = tagged(0x01, Buffer.from([0xff]));

/** A value told by its position: `[number] EXPLICIT` around another value. */
export function explicit(number: number, content: Buffer): Buffer {
  return tagged(0xa0 | number, content);
}

/** `[number] IMPLICIT` in place of a simple type's own tag. */
export function implicit(number: number, content: Buffer): Buffer {
  return tagged(0x80 | number, content);
}
