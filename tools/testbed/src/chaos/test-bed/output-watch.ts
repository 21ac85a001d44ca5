import { spellingsOf } from '@sekoia/automation-sdk-shim';

const SAMPLES = 5;
const CALLS_FOR_A_REPORT = /please report it/i;

/**
 * Counts the module's log lines by level, and keeps those by which it says itself that something should not have
 * happened.
 */
export class LogTally {
  readonly #byLevel = new Map<string, number>();
  readonly #anomalies: string[] = [];
  #odd = 0;

  add(line: string): void {
    const level = levelOf(line);
    this.#byLevel.set(level, (this.#byLevel.get(level) ?? 0) + 1);
    if (!CALLS_FOR_A_REPORT.test(line)) return;
    this.#odd += 1;
    if (this.#anomalies.length < SAMPLES) this.#anomalies.push(line);
  }

  get byLevel(): ReadonlyMap<string, number> {
    return this.#byLevel;
  }

  /** How many lines ask the reader to report them. */
  get odd(): number {
    return this.#odd;
  }

  /** The first few of them. */
  get anomalies(): readonly string[] {
    return this.#anomalies;
  }
}

function levelOf(line: string): string {
  try {
    const { level } = JSON.parse(line) as { level?: unknown };
    return typeof level === 'string' ? level : 'no level';
  } catch {
    return 'no JSON';
  }
}

/** So many characters of a secret in a row are a find: the module redacts pieces of this length. */
const PIECE = 8;
/** An hour's run issues thousands of tokens: pieces are looked for of those that are still in use. */
const TOKENS_IN_PIECES = 4;

/** Looks whether any secret, or a piece of one, turns up in what the module says and leaves behind. */
export class SecretWatch {
  readonly #pieces: readonly string[];
  readonly #issuedTokens: () => readonly string[];
  readonly #places = new Map<string, number>();
  readonly #onFind: (sentence: string) => void;

  /**
   * @param issuedTokens those that have been made so far
   * @param onFind told where a secret was found, and of the text around it, without the secret
   */
  constructor(
    secrets: readonly string[],
    issuedTokens: () => readonly string[],
    onFind: (sentence: string) => void = () => undefined,
  ) {
    this.#onFind = onFind;
    this.#pieces = secrets.flatMap(piecesOf);
    this.#issuedTokens = issuedTokens;
  }

  /** @param place where the text was found, for the report */
  look(place: string, text: string): void {
    const tokens = this.#issuedTokens();
    const newest = () => tokens.slice(-TOKENS_IN_PIECES).flatMap((token) => windowsOf(token));
    const found = [this.#pieces, tokens].map((pieces) => pieces.find((piece) => text.includes(piece)));
    const piece = found.find((one) => one !== undefined) ?? newest().find((one) => text.includes(one));
    if (piece === undefined) return;
    this.#onFind(`${place}: ${around(text, piece)}`);
    this.#places.set(place, (this.#places.get(place) ?? 0) + 1);
  }

  /** How often a secret was found, by place. The secret itself is not repeated. */
  get places(): ReadonlyMap<string, number> {
    return this.#places;
  }
}

/** What stands on both sides of a piece that must not be repeated. */
function around(text: string, piece: string): string {
  const at = text.indexOf(piece);
  const [before, after] = [
    text.slice(Math.max(0, at - 200), at),
    text.slice(at + piece.length, at + piece.length + 60),
  ];
  return `${before}[${piece.length} characters of a secret]${after}`;
}

/** All spellings of a secret as a whole, and each eight characters of it, plain and as base64 has them. */
export function piecesOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  return [...new Set([...spellingsOf(secret), ...windowsOf(secret), ...windowsOf(base64)])];
}

function windowsOf(text: string): string[] {
  if (text.length <= PIECE) return [text];
  return Array.from({ length: text.length - PIECE + 1 }, (_none, at) => text.slice(at, at + PIECE));
}
