/** Shorter values are not scrubbed: they would turn up in ordinary words, and the holes would give them away. */
export const SHORTEST_SECRET = 4;

const MASK = '***';

/**
 * Replaces secrets in text by `***`, by value. Every text that leaves the process goes through it: log lines, stack
 * traces, answers of the health port, reasons of rejection.
 */
export class Scrubber {
  readonly #spellings = new Set<string>();
  #pattern: RegExp | undefined;

  /**
   * From now on `secret` and its usual spellings (base64, URL-encoded, JSON-escaped) are replaced.
   * Returns false, and leaves it alone, where it is shorter than four characters.
   */
  add(secret: string): boolean {
    if (secret.trim().length < SHORTEST_SECRET) return false;
    for (const value of [secret, secret.trim()]) {
      for (const spelling of spellingsOf(value)) this.#spellings.add(spelling);
    }
    // Longest first: where one spelling begins with another, the rest of the longer must not stay behind.
    const longestFirst = [...this.#spellings].sort((a, b) => b.length - a.length);
    // Percent-encoding comes in both cases, so case does not count.
    this.#pattern = new RegExp(longestFirst.map(escapeForPattern).join('|'), 'gi');
    return true;
  }

  scrub(text: string): string {
    const pattern = this.#pattern;
    if (pattern === undefined) return text;
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
