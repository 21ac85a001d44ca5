import fc from 'fast-check';

/**
 * Any character but half a surrogate pair. The unit `binary` of fast-check draws from the same ones, and takes more than
 * a second of processor time to prepare, in each test file anew.
 */
export const anyCharacter = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10ffff }))
  .map((point) => String.fromCodePoint(point));
