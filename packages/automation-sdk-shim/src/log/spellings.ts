/**
 * The spellings in which a text is sent and echoed. The redaction, the tests and the watch of the chaos test share this
 * list: what one of them knows, all know. A spelling is a function of the whole text.
 */
export const ENCODINGS: Readonly<Record<string, (text: string) => string>> = {
  plain: (text) => text,
  json: inJson,
  /** JSON inside JSON, which is how events travel to the intake. */
  'json in json': (text) => inJson(inJson(text)),
  /** Everything that is not a letter or digit by its number, as ASP.NET's and Java's encoders do for some of it. */
  'json by number': (text) => text.replace(/[^a-z\d]/gi, (unit) => `\\u${hex(unit, 4)}`),
  html: (text) => text.replace(/[&<>"']/g, (sign) => HTML[sign] ?? sign),
  'html by number': (text) => text.replace(/[^a-z\d\s]/giu, (sign) => `&#x${hex(sign, 2)};`),
  'html twice': (text) => {
    const once = (part: string) => part.replace(/[&<>"']/g, (sign) => HTML[sign] ?? sign);
    return once(once(text));
  },
  url: (text) => encodeURIComponent(wellFormed(text)),
  'url in lower case': (text) =>
    encodeURIComponent(wellFormed(text)).replace(/%[\dA-F]{2}/g, (escape) => escape.toLowerCase()),
  form: (text) => new URLSearchParams([['', text]]).toString().slice(1),
  'upper case': (text) => text.toUpperCase(),
  'lower case': (text) => text.toLowerCase(),
  base64: (text) => Buffer.from(text).toString('base64'),
  base64url: (text) => Buffer.from(text).toString('base64url'),
  'base64 in lines': (text) =>
    Buffer.from(text)
      .toString('base64')
      .replace(/.{20}(?=.)/g, '$&\r\n'),
  'base64 behind one character': (text) => Buffer.from(`:${text}`).toString('base64'),
  'base64 behind two characters': (text) => Buffer.from(`u:${text}`).toString('base64url'),
  'base64 of JSON': (text) => Buffer.from(JSON.stringify({ secret: text })).toString('base64'),
  'base64 of a form': (text) => Buffer.from(new URLSearchParams({ secret: text }).toString()).toString('base64'),
  'base64 of utf16': (text) => Buffer.from(text, 'utf16le').toString('base64'),
  utf16: (text) => Buffer.from(text, 'utf16le').toString('latin1'),
  hex: (text) => Buffer.from(text).toString('hex'),
};

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };

/** All spellings of a text, each once. */
export function spellingsOf(text: string): string[] {
  return [...new Set(Object.values(ENCODINGS).map((encode) => encode(text)))];
}

function inJson(text: string): string {
  return JSON.stringify(text).slice(1, -1);
}

function hex(sign: string, digits: number): string {
  return (sign.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');
}

function wellFormed(text: string): string {
  return Buffer.from(text).toString();
}
