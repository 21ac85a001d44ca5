import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { anyItem, anyRow, anyText } from './arbitrary-row.js';

/** Names that mean something to JavaScript, to JSON.stringify or to us. */
const loadedName = fc.constantFrom(
  ...['__proto__', 'constructor', 'prototype', 'toString', 'toJSON', 'valueOf', 'hasOwnProperty', 'then', 'length'],
  ...['d', 'results', 'value', '__next', '@odata.nextLink', 'error', 'message', 'event_ids', 'access_token', 'event'],
);
/** As text, since no value could say some of it: numbers beyond all bounds, names given twice. */
const oddLiteral = fc.constantFrom(
  '1e999',
  '-1e999',
  '-0',
  '9007199254740993',
  '0.1e-400',
  '{"a":1,"a":2}',
  '"\\ud800"',
);
const nested = fc
  .tuple(fc.integer({ min: 1, max: 3000 }), fc.constantFrom(['[', ']'], ['{"a":', '}'], ['{"__proto__":', '}']))
  .map(([levels, [open, close]]) => open.repeat(levels) + (open === '[' ? '' : '0') + close.repeat(levels));

/** Any JSON value, as text. */
export const anyJson: fc.Arbitrary<string> = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.jsonValue({ maxDepth: 0 }).map((value) => JSON.stringify(value)),
    anyText.map((text) => JSON.stringify(text)),
    oddLiteral,
    nested,
    fc.array(tie('value'), { maxLength: 5 }).map((values) => `[${values.join(',')}]`),
    fc
      .array(fc.tuple(fc.oneof(loadedName, anyText), tie('value')), { maxLength: 5 })
      .map((members) => `{${members.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
  ),
})).value;

/** An entry of a page, as text: more or less a row of either API, or anything. */
export const anyEntry = fc.oneof(
  anyRow.map((row) => JSON.stringify(row)),
  anyItem.map((item) => JSON.stringify(item)),
  anyJson,
);

/** A page in any of the forms that are known, of the entries given as text. */
export function pageText(form: (typeof pageForms)[number], entries: readonly string[]): string {
  return form.replace('ENTRIES', () => entries.join(','));
}

export const pageForms = ['{"value":[ENTRIES]}', '{"d":{"results":[ENTRIES]}}', '{"d":[ENTRIES]}'] as const;

const anyPage = fc
  .tuple(fc.constantFrom(...pageForms), fc.array(anyEntry, { maxLength: 5 }))
  .map(([form, entries]) => pageText(form, entries));
const anyHttpError = fc
  .tuple(fc.constantFrom('error', 'odata.error', 'message', 'error_description', 'Message'), anyJson)
  .map(([name, value]) => `{"${name}":${value}}`);
const anyMarkup = fc
  .array(fc.oneof(fc.constantFrom('<', '>', '</', '<style', '</style>', '<script>', '<html>', 'Sign in'), anyText))
  .map((pieces) => `<html>${pieces.join('')}`);
const anyBytes = fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes));

/** Of pages with any entries, refusals with any reason, mark-up, JSON that was cut off, or anything else. */
const anyBody: fc.Arbitrary<Buffer> = fc.oneof(
  anyBytes,
  fc.oneof(anyPage, anyHttpError, anyJson, anyMarkup).map((text) => Buffer.from(text)),
  fc.tuple(anyPage, fc.nat({ max: 200 })).map(([page, length]) => Buffer.from(page.slice(0, length))),
);

const packings: Readonly<Record<string, (body: Buffer) => Buffer>> = {
  identity: (body) => body,
  gzip: (body) => gzipSync(body),
  deflate: (body) => deflateSync(body),
  br: (body) => brotliCompressSync(body),
  'gzip, br': (body) => brotliCompressSync(gzipSync(body)),
  zstd: (body) => body,
  '\u00ff': (body) => body,
};

const anyStatus = fc.oneof(
  { arbitrary: fc.constant(200), weight: 6 },
  { arbitrary: fc.constantFrom(204, 302, 400, 401, 403, 404, 408, 410, 413, 422, 425, 429, 500, 503), weight: 4 },
  // Those below announce another answer, which the connection's end takes the place of.
  { arbitrary: fc.integer({ min: 200, max: 999 }), weight: 1 },
);
const anyHeader = fc.tuple(
  fc.constantFrom(
    'Location',
    'Content-Type',
    'Date',
    'Transfer-Encoding',
    'Content-Length',
    'X',
    'Set-Cookie',
    '__proto__',
  ),
  fc.oneof(
    fc.constantFrom('chunked', '0', '7', '-1', 'https://login.microsoftonline.com/', 'gzip'),
    fc.string({ unit: 'binary' }),
  ),
);

export interface WireResponse {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Buffer;
}

/** As it goes over the wire; the end of the connection ends it. */
export function wire({ status, headers, body }: WireResponse): Buffer {
  const lines = [`HTTP/1.1 ${status} X`, ...headers.map(([name, value]) => `${name}: ${value}`), 'Connection: close'];
  return Buffer.concat([Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'), body]);
}

/** What may come back over a connection: an HTTP answer with anything in it, or anything at all. */
export const anyResponse: fc.Arbitrary<Buffer> = fc.oneof(
  {
    weight: 9,
    arbitrary: fc
      .record({
        status: anyStatus,
        headers: fc.array(anyHeader, { maxLength: 3 }),
        body: anyBody,
        packing: fc.oneof({ arbitrary: fc.constant('identity'), weight: 6 }, fc.constantFrom(...Object.keys(packings))),
        packed: fc.boolean(),
      })
      .map(({ status, headers, body, packing, packed }) =>
        wire({
          status,
          headers: [...headers, ['Content-Encoding', packing]],
          body: packed ? packings[packing]!(body) : body,
        }),
      ),
  },
  { weight: 1, arbitrary: anyBytes },
);

const isBelievable = /"(?:value|d|results|access_token|event_ids)"/;

/**
 * An answer that cannot be mistaken for a good one: no page, no token and no acknowledgement, however well it is
 * formed.
 */
export function badResponseOf(status: fc.Arbitrary<number>): fc.Arbitrary<Buffer> {
  const text = fc.oneof(anyMarkup, anyHttpError, anyJson).filter((body) => !isBelievable.test(body));
  const body = fc.oneof(
    text.map((it) => Buffer.from(it)),
    anyBytes,
  );
  const headers = fc.constantFrom<WireResponse['headers'][]>(
    [],
    [['Content-Encoding', 'br']],
    [['Content-Length', '7']],
  );
  return fc.oneof(
    { weight: 9, arbitrary: fc.record({ status, headers, body }).map(wire) },
    { weight: 1, arbitrary: anyBytes },
  );
}

export const anyBadResponse = badResponseOf(anyStatus);
