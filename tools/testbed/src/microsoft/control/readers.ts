import { X509Certificate } from 'node:crypto';
import { InvalidInputError } from '../../errors.js';

/** Turns a value from outside into a typed one. Throws InvalidInputError naming the value and what it should be. */
export type Reader<Value> = (value: unknown, name: string) => Value;

/** One reader for each field. */
export type Readers<Value extends object> = { readonly [Name in keyof Value]-?: Reader<Value[Name]> };

export function numberFrom(min: number, max = Number.MAX_SAFE_INTEGER): Reader<number> {
  return (value, name) => {
    if (typeof value === 'number' && value >= min && value <= max) return value;
    return refuse(
      name,
      max === Number.MAX_SAFE_INTEGER ? `a number of at least ${min}` : `a number from ${min} to ${max}`,
      value,
    );
  };
}

export function wholeNumberFrom(min: number): Reader<number> {
  return (value, name) => {
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= min) return value;
    return refuse(name, `a whole number of at least ${min}`, value);
  };
}

export const truth: Reader<boolean> = (value, name) =>
  typeof value === 'boolean' ? value : refuse(name, 'true or false', value);

export const text: Reader<string> = (value, name) =>
  typeof value === 'string' && value !== '' ? value : refuse(name, 'a text', value);

/** An http or https origin, such as `https://login.microsoftonline.com`. */
export const origin: Reader<string> = (value, name) => {
  const given = text(value, name);
  const right = /^https?:\/\//.test(given) && URL.canParse(given) && new URL(given).origin === given;
  return right ? given : refuse(name, 'an origin such as https://login.microsoftonline.com', value);
};

/** A time as milliseconds since 1970 or as ISO 8601 with its zone. */
export const instant: Reader<number> = (value, name) => {
  if (typeof value === 'number' && Number.isSafeInteger(value)) return value;
  const parsed = typeof value === 'string' && /T.*(Z|[+-]\d\d:\d\d)$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(parsed) ? refuse(name, 'a time such as 2022-07-25T12:00:00Z or in milliseconds', value) : parsed;
};

export function oneOf<Choice extends string>(choices: readonly Choice[]): Reader<Choice> {
  return (value, name) =>
    choices.find((choice) => choice === value) ?? refuse(name, `one of ${choices.join(', ')}`, value);
}

export function either<A, B>(first: Reader<A>, second: Reader<B>, expected: string): Reader<A | B> {
  return (value, name) => {
    for (const reader of [first, second]) {
      try {
        return reader(value, name);
      } catch (error) {
        if (!(error instanceof InvalidInputError)) throw error;
      }
    }
    return refuse(name, expected, value);
  };
}

export function listOf<Item>(item: Reader<Item>): Reader<readonly Item[]> {
  return (value, name) => {
    if (!Array.isArray(value)) return refuse(name, 'a list', value);
    return value.map((entry, at) => item(entry, `${name}[${at}]`));
  };
}

export const pair: Reader<readonly [number, number]> = (value, name) => {
  const [first, second, ...more] = listOf(numberFrom(0))(value, name);
  if (first === undefined || second === undefined || more.length > 0) return refuse(name, 'two numbers', value);
  return [first, second];
};

/** That value and no other. */
export function exactly<Only extends number | null>(only: Only): Reader<Only> {
  return (value, name) => (value === only ? only : refuse(name, String(only), value));
}

export const nothing: Reader<null> = exactly(null);

/** An X.509 certificate, PEM. */
export const certificate: Reader<string> = (value, name) => {
  const given = text(value, name);
  try {
    return new X509Certificate(given).toString();
  } catch {
    return refuse(name, 'a certificate as PEM', value);
  }
};

/** An object that may have these fields and no others. */
export function fields<Value extends object>(readers: Readers<Value>): Reader<Partial<Value>> {
  const known = Object.keys(readers) as (keyof Value & string)[];
  return (value, name) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return refuse(name, 'an object', value);
    const read: Partial<Value> = {};
    for (const [field, given] of Object.entries(value)) {
      const found = known.find((candidate) => candidate === field);
      if (found === undefined)
        throw new InvalidInputError(`${field} is not known here; ${name} may have ${known.join(', ')}.`);
      read[found] = readers[found](given, field);
    }
    return read;
  };
}

/** An object with these fields, of which some must be there. */
export function fieldsWith<Value extends object, Needed extends keyof Value & string>(
  readers: Readers<Value>,
  needed: readonly Needed[],
): Reader<Partial<Value> & Pick<Value, Needed>> {
  const read = fields(readers);
  return (value, name) => {
    const given = read(value, name);
    const missing = needed.filter((field) => given[field] === undefined);
    if (missing.length > 0) throw new InvalidInputError(`${name} needs ${missing.join(' and ')}.`);
    return given as Partial<Value> & Pick<Value, Needed>;
  };
}

function refuse(name: string, expected: string, value: unknown): never {
  throw new InvalidInputError(`${name} must be ${expected}, but is ${JSON.stringify(value)}.`);
}
