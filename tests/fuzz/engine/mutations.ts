import type { SeededRandom } from '../../support/seeded-random.js';
import { ECHOES } from '../oracles/secrets.js';
import { ODD_BYTES, ODD_HEADERS, ODD_NAMES, ODD_STATUSES, ODD_VALUES } from './dictionary.js';
import { namesIn, replaceSpan, valuesIn, type Span } from './json-text.js';

type Mutation = (bytes: Buffer, random: SeededRandom, other: Buffer) => Buffer;

/** Most inputs stay small, since small ones are run faster; a few are as large as real answers get. */
const USUAL_BYTES = 64 * 1024;
const MAX_BYTES = 12 * 1024 * 1024;
const LARGE_SHARE = 0.01;

/** Changes bytes a few times, in ways that know JSON, HTTP and nothing at all. */
export function mutate(bytes: Buffer, random: SeededRandom, other: Buffer): Buffer {
  let changed = bytes;
  const limit = random.chance(LARGE_SHARE) ? MAX_BYTES : USUAL_BYTES;
  for (let left = random.pick([1, 1, 1, 2, 2, 3, 5, 8]); left > 0; left -= 1) {
    const mutation = random.pick(random.chance(0.6) ? STRUCTURAL : PLAIN);
    changed = mutation(changed, random, other);
  }
  if (limit === MAX_BYTES) changed = grow(changed, random);
  return changed.subarray(0, limit);
}

/** Repeats a value or a stretch until the input is as large as an answer can be. */
function grow(bytes: Buffer, random: SeededRandom): Buffer {
  const text = bytes.toString('utf8');
  const value = pickSpan(valuesIn(text), random);
  const piece = value === undefined ? text.slice(0, 64) : text.slice(value.from, value.to);
  if (piece === '' || value === undefined) return bytes;
  const separator = random.pick([',', ',', '', '[', '{"a":', ' ']);
  const times = Math.min(
    1_000_000,
    Math.floor(random.between(0.1, 1) * (MAX_BYTES / (piece.length + separator.length))),
  );
  const isMembers = random.chance(0.5);
  const numbered = (at: number) => (isMembers ? `"k${at}":${piece}` : piece);
  const many = Array.from({ length: times }, (_none, at) => numbered(at)).join(separator);
  return Buffer.from(replaceSpan(text, value, isMembers ? `{${many}}` : `[${many}]`));
}

const onText =
  (change: (text: string, random: SeededRandom, other: string) => string): Mutation =>
  (bytes, random, other) =>
    Buffer.from(change(bytes.toString('utf8'), random, other.toString('utf8')));

const onBody =
  (change: (body: string, random: SeededRandom, other: string) => string): Mutation =>
  (bytes, random, other) => {
    const at = bodyStart(bytes);
    const changed = change(
      bytes.subarray(at).toString('utf8'),
      random,
      other.subarray(bodyStart(other)).toString('utf8'),
    );
    return Buffer.concat([bytes.subarray(0, at), Buffer.from(changed)]);
  };

/** Where the body of an HTTP answer begins; 0 where there is no head. */
function bodyStart(bytes: Buffer): number {
  if (!bytes.subarray(0, 5).equals(Buffer.from('HTTP/'))) return 0;
  const end = bytes.indexOf('\r\n\r\n');
  return end < 0 ? 0 : end + 4;
}

function pickSpan(spans: readonly Span[], random: SeededRandom): Span | undefined {
  return spans.length === 0 ? undefined : random.pick(spans);
}

const withValue = (make: (value: string, random: SeededRandom, other: string) => string) =>
  onBody((body, random, other) => {
    const span = pickSpan(valuesIn(body), random);
    return span === undefined ? body : replaceSpan(body, span, make(body.slice(span.from, span.to), random, other));
  });

const aValueOf = (text: string, random: SeededRandom) => {
  const span = pickSpan(valuesIn(text), random);
  return span === undefined ? random.pick(ODD_VALUES) : text.slice(span.from, span.to);
};

const nested = (inner: string, levels: number, random: SeededRandom) => {
  const [open, close] = random.pick([
    ['[', ']'],
    ['{"a":', '}'],
    ['{"__proto__":', '}'],
    ['{"error":', '}'],
  ] as const);
  return open.repeat(levels) + inner + close.repeat(levels);
};

const STRUCTURAL: readonly Mutation[] = [
  withValue((_value, random) => random.pick(ODD_VALUES)),
  withValue((_value, random) => random.pick(ODD_VALUES)),
  withValue((_value, random, other) => aValueOf(other, random)),
  withValue((value, random) => nested(value, random.pick([1, 2, 15, 16, 17, 100, 3_000]), random)),
  withValue((value, random) => new Array<string>(random.pick([2, 3, 10, 300])).fill(value).join(',')),
  withValue((value, random) => (value.startsWith('"') ? echoIn(value, random) : JSON.stringify(random.pick(ECHOES)))),
  withValue((value, random) => (value.startsWith('"') ? insertIn(value, random) : value)),
  withValue((value, random) => numberLike(value, random)),
  withValue((value, random) => JSON.stringify(value.repeat(random.pick([1, 1, 5, 100])))),
  withValue((value) => (value.startsWith('"') ? value.slice(1, -1) : JSON.stringify([value]))),
  onBody((body, random) => {
    const span = pickSpan(namesIn(body), random);
    return span === undefined ? body : replaceSpan(body, span, JSON.stringify(random.pick(ODD_NAMES)));
  }),
  // A member more, maybe one of a name that is there already.
  onBody((body, random, other) => {
    const at = body.indexOf('{', random.integer(0, Math.max(0, body.length - 1)));
    if (at < 0) return body;
    const names = namesIn(body);
    const known = pickSpan(names, random);
    const name =
      known !== undefined && random.chance(0.5)
        ? body.slice(known.from, known.to)
        : JSON.stringify(random.pick(ODD_NAMES));
    const value = random.chance(0.5) ? random.pick(ODD_VALUES) : aValueOf(other, random);
    return `${body.slice(0, at + 1)}${name}:${value},${body.slice(at + 1)}`;
  }),
  // A member less.
  onBody((body, random) => {
    const span = pickSpan(namesIn(body), random);
    if (span === undefined) return body;
    const value = valuesIn(body.slice(span.to)).toSorted((one, two) => one.from - two.from || two.to - one.to)[0];
    const end = span.to + (value?.to ?? 0);
    return body.slice(0, span.from) + body.slice(body[end] === ',' ? end + 1 : end);
  }),
  onHead((lines, random) => [...lines, random.pick(ODD_HEADERS)]),
  onHead((lines, random) => lines.filter(() => random.chance(0.7))),
  onHead((lines, random) => [`HTTP/1.1 ${random.pick(ODD_STATUSES)} X`, ...lines.slice(1)]),
  onHead((lines, random) => [`HTTP/1.1 ${random.pick(ODD_STATUSES)} X`, ...lines.slice(1)]),
  onHead((lines, random) => {
    const at = random.integer(0, Math.max(0, lines.length - 1));
    return lines.map((line, index) => (index === at ? line + random.pick(ODD_BYTES) : line));
  }),
  onHead((lines, random) => [...lines, `Location: https://x.example/?echo=${random.pick(ECHOES)}`]),
];

function onHead(change: (lines: readonly string[], random: SeededRandom) => readonly string[]): Mutation {
  return (bytes, random) => {
    const at = bodyStart(bytes);
    if (at === 0) return bytes;
    const lines = bytes
      .subarray(0, at - 4)
      .toString('latin1')
      .split('\r\n');
    return Buffer.concat([Buffer.from(`${change(lines, random).join('\r\n')}\r\n\r\n`, 'latin1'), bytes.subarray(at)]);
  };
}

function echoIn(value: string, random: SeededRandom): string {
  const inner = value.slice(1, -1);
  const before = random.chance(0.3) ? 'x'.repeat(random.integer(0, 400)) : '';
  return `"${inner}${before}${JSON.stringify(random.pick(ECHOES)).slice(1, -1)}"`;
}

function insertIn(value: string, random: SeededRandom): string {
  const at = random.integer(1, Math.max(1, value.length - 1));
  return value.slice(0, at) + JSON.stringify(random.pick(ODD_BYTES)).slice(1, -1) + value.slice(at);
}

function numberLike(value: string, random: SeededRandom): string {
  return value.replace(/\d+/, (digits) =>
    random.pick([
      `${digits}0`,
      `-${digits}`,
      digits.slice(1) || '0',
      String(Number(digits) + 1),
      '9'.repeat(digits.length),
    ]),
  );
}

const at = (bytes: Buffer, random: SeededRandom) => random.integer(0, bytes.length);

const PLAIN: readonly Mutation[] = [
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  (bytes, random) => bytes.subarray(at(bytes, random)),
  (bytes, random, other) => {
    const from = at(other, random);
    const place = at(bytes, random);
    const taken = other.subarray(from, from + random.integer(0, 200));
    return Buffer.concat([bytes.subarray(0, place), taken, bytes.subarray(place)]);
  },
  (bytes, random, other) => Buffer.concat([bytes.subarray(0, at(bytes, random)), other.subarray(at(other, random))]),
  (bytes, random) => {
    const from = at(bytes, random);
    const piece = bytes.subarray(from, from + random.integer(1, 60));
    const many = new Array<Buffer>(random.pick([2, 5, 50, 500])).fill(piece);
    return Buffer.concat([bytes.subarray(0, from), ...many, bytes.subarray(from)]);
  },
  (bytes, random) => {
    const from = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, from), bytes.subarray(from + random.integer(1, 40))]);
  },
  (bytes, random) => {
    if (bytes.length === 0) return bytes;
    const changed = Buffer.from(bytes);
    for (let left = random.integer(1, 4); left > 0; left -= 1)
      changed[random.integer(0, changed.length - 1)] = random.integer(0, 255);
    return changed;
  },
  (bytes, random) => {
    if (bytes.length === 0) return bytes;
    const changed = Buffer.from(bytes);
    const place = random.integer(0, changed.length - 1);
    changed[place] = (changed[place] ?? 0) ^ (1 << random.integer(0, 7));
    return changed;
  },
  (bytes, random) => {
    const place = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, place), Buffer.from(random.pick(ODD_BYTES)), bytes.subarray(place)]);
  },
  (bytes, random) => {
    const place = at(bytes, random);
    return Buffer.concat([bytes.subarray(0, place), Buffer.from(random.pick(ECHOES)), bytes.subarray(place)]);
  },
  (bytes) => Buffer.concat([Buffer.from('\ufeff'), bytes]),
  (bytes) => Buffer.from(bytes.toString('utf8'), 'utf16le'),
  (bytes) => Buffer.from(bytes.toString('utf8'), 'latin1'),
  onText((text, random) => text.replace(/\d/g, (digit) => (random.chance(0.1) ? String(random.integer(0, 9)) : digit))),
];
