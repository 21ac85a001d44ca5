import { decodings } from './decoding.js';

/** So much of a secret is worth hiding by itself. Seven characters in a row may stay. */
export const WINDOW = 8;

/**
 * What stands in a decoded text where a secret stands: the secret, and what is made of its bytes. What `decodings`
 * undoes (JSON, HTML, addresses) is found in whatever order it was done. The usual ones are forms all the same: a stray
 * `%` before a secret would be decoded together with its first letters.
 */
export function formsOf(secret: string): string[] {
  const plain = new Set<string>();
  for (const text of [secret, secret.trim(), wellFormed(secret)])
    for (const decoded of decodings(text)) plain.add(decoded.text);
  return [...new Set([...plain, ...encodedForms(secret), ...encodedForms(secret.trim())])];
}

/**
 * Longer ones are tokens and keys: nobody escapes them or spells them as Windows does before base64, and an index of
 * all that would take megabytes.
 */
const MAX_CONFIGURED_CHARACTERS = 512;

/** What text holds a secret before it is encoded: as it is, in JSON, in a form, as Windows spells it. */
function encodedForms(secret: string): string[] {
  if (secret.length > MAX_CONFIGURED_CHARACTERS) return base64FormsOf(Buffer.from(secret));
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inForm = new URLSearchParams([['', secret]]).toString().slice(1);
  const contents = [...new Set([secret, inJson, inForm])].map((text) => Buffer.from(text));
  const base64 = [...contents, Buffer.from(secret, 'utf16le')].flatMap(base64FormsOf);
  const escaped = [inJson, JSON.stringify(inJson).slice(1, -1), inForm, encodeURIComponent(wellFormed(secret))];
  return [...escaped, ...base64, Buffer.from(secret).toString('hex')];
}

/**
 * The base64 of bytes that stand within others, such as a password behind `user:`: by where they begin in a group of
 * three. The first and the last character depend on the neighbours and are left out, unless nothing follows.
 */
function base64FormsOf(bytes: Buffer): string[] {
  return [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const first = shift === 0 ? 0 : shift + 1;
    const end = Math.floor((shifted.length * 8) / 6);
    return (['base64', 'base64url'] as const).flatMap((alphabet) => {
      const text = shifted.toString(alphabet);
      const last = text.slice(first);
      // The windows of a long form are those of its parts.
      return last.length > 2 * WINDOW ? last : [last.slice(0, end - first), last, last.replace(/=+$/, '')];
    });
  });
}

/** As it can be sent: a surrogate without its other half becomes U+FFFD. */
function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
