import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { anyCharacter } from '../support/any-character.js';
import { encodeEvent } from '../../src/intake/chunks.js';

const LONE = /\p{Surrogate}/u;

/** What a strict parser on the other side gets to see. */
function decoded(encoded: string): unknown {
  const event = JSON.parse(encoded) as string;
  expect(event).not.toMatch(LONE);
  return JSON.parse(event);
}

test.each([
  ['cut in the middle of an emoji', 'Party \ud83c', 'Party \ufffd'],
  ['the second half alone', '\udf89 party', '\ufffd party'],
  ['two first halves', '\ud83c\ud83c', '\ufffd\ufffd'],
  ['halves in the wrong order', '\udf89\ud83c', '\ufffd\ufffd'],
  ['a whole emoji', '\ud83c\udf89', '\ud83c\udf89'],
  ['a text that looks like an escape', '\\ud83c', '\\ud83c'],
  ['a backslash before a half', '\\\ud83c', '\\\ufffd'],
])('%s leaves well-formed', (_what, subject, expected) => {
  expect(decoded(encodeEvent(JSON.stringify({ subject })))).toEqual({ subject: expected });
  // The same without escapes, as other makers of JSON write it.
  const raw = `{"subject":"${subject.replaceAll('\\', '\\\\')}"}`;
  expect(decoded(encodeEvent(raw))).toEqual({ subject: expected });
});

test('no event leaves with half a surrogate pair, and what is well-formed does not change', () => {
  const text = fc.oneof(
    fc.string({ unit: anyCharacter }),
    fc.array(fc.constantFrom('\ud83c', '\udf89', '\\', 'u', 'd83c', '"')).map((it) => it.join('')),
  );
  fc.assert(
    fc.property(text, (subject) => {
      const expected = subject.replace(/\p{Surrogate}/gu, '\ufffd');
      expect(decoded(encodeEvent(JSON.stringify({ subject })))).toEqual({ subject: expected });
    }),
  );
});
