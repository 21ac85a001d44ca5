/** Shorter values are not scrubbed: they would turn up in ordinary words, and the holes would give them away. */
export const SHORTEST_SECRET = 4;

const MASK = '***';

/** Shorter lines of a secret with several lines are not scrubbed alone. */
const SHORTEST_LINE = 20;

/**
 * Replaces secrets in text by `***`, by value. Every text that leaves the process goes through it: log lines, stack
 * traces, answers of the health port, reasons of rejection.
 */
export class Scrubber {
  /** How many times each secret was added and not removed. */
  readonly #secrets = new Map<string, number>();
  /** Of all secrets; undefined until it is needed again. */
  #pattern: RegExp | undefined;

  /**
   * From now on `secret` and its usual spellings (base64, URL-encoded, JSON-escaped) are replaced, and of a secret with
   * several lines each line of at least 20 characters.
   * Returns false, and leaves it alone, where it is shorter than four characters.
   */
  add(secret: string): boolean {
    if (secret.trim().length < SHORTEST_SECRET) return false;
    this.#secrets.set(secret, (this.#secrets.get(secret) ?? 0) + 1);
    this.#pattern = undefined;
    return true;
  }

  /** Takes back one `add`. A secret is replaced until each was taken back. */
  remove(secret: string): void {
    const count = this.#secrets.get(secret) ?? 0;
    if (count > 1) this.#secrets.set(secret, count - 1);
    else this.#secrets.delete(secret);
    this.#pattern = undefined;
  }

  scrub(text: string): string {
    if (this.#secrets.size === 0) return text;
    const pattern = (this.#pattern ??= patternOf(this.#secrets.keys()));
    let scrubbed = text;
    // A mask next to other text can spell a secret that itself contains `***`. Every round shortens the text.
    for (let before = ''; before !== scrubbed;) {
      before = scrubbed;
      scrubbed = before.replace(pattern, MASK);
    }
    return scrubbed;
  }

  /** JSON text of `value` with every string in it, names included, scrubbed before it is escaped. */
  stringify(value: unknown): string {
    return JSON.stringify(value, (_name, member: unknown) => {
      if (typeof member === 'string') return this.scrub(member);
      if (typeof member !== 'object' || member === null || Array.isArray(member)) return member;
      return Object.fromEntries(Object.entries(member).map(([name, inner]) => [this.scrub(name), inner as unknown]));
    });
  }
}

function patternOf(secrets: Iterable<string>): RegExp {
  const parts = [...secrets].flatMap((secret) => [secret, secret.trim(), ...linesOf(secret)]);
  const spellings = new Set(parts.flatMap(spellingsOf));
  // Longest first: where one spelling begins with another, the rest of the longer must not stay behind.
  const longestFirst = [...spellings].sort((a, b) => b.length - a.length);
  // Percent-encoding comes in both cases, so case does not count.
  return new RegExp(longestFirst.map(escapeForPattern).join('|'), 'gi');
}

/** Lines that would give part of a secret away, such as those of a private key; all keys have the same armour. */
function linesOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/).map((line) => line.trim());
  return lines.filter((line) => line.length >= SHORTEST_LINE && !/^-----(BEGIN|END) .*-----$/.test(line));
}

function spellingsOf(secret: string): string[] {
  const base64 = Buffer.from(secret).toString('base64');
  // In base64url the padding is left away too; without it, text with padding is found as well.
  const bare = base64.replace(/=+$/, '');
  const escaped = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    bare,
    base64,
    Buffer.from(secret).toString('base64url'),
    encodeURIComponent(Buffer.from(secret).toString()),
    new URLSearchParams([['', secret]]).toString().slice(1),
    escaped,
    // JSON inside JSON, which is how events travel to the intake.
    JSON.stringify(escaped).slice(1, -1),
  ].filter((spelling) => spelling.length >= SHORTEST_SECRET);
}

function escapeForPattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
