/** Looks whether any secret turns up in what the module says and leaves behind. */
export class SecretWatch {
  readonly #spellings: readonly string[];
  readonly #issuedTokens: () => readonly string[];
  readonly #places = new Map<string, number>();

  /** @param issuedTokens those that have been made so far */
  constructor(secrets: readonly string[], issuedTokens: () => readonly string[]) {
    this.#spellings = secrets.flatMap(spellingsOf);
    this.#issuedTokens = issuedTokens;
  }

  /** @param place where the text was found, for the report */
  look(place: string, text: string): void {
    const holds = (secret: string) => text.includes(secret);
    if (!this.#spellings.some(holds) && !this.#issuedTokens().some(holds)) return;
    this.#places.set(place, (this.#places.get(place) ?? 0) + 1);
  }

  /** How often a secret was found, by place. The secret itself is not repeated. */
  get places(): ReadonlyMap<string, number> {
    return this.#places;
  }
}

/** How a text looks in JSON, in JSON within JSON, in an address, in a form, and in base64. */
function spellingsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  const inForm = new URLSearchParams({ '': secret }).toString().slice(1);
  const spellings = [secret, inJson, JSON.stringify(inJson).slice(1, -1), encodeURIComponent(secret), inForm];
  return [...new Set([...spellings, Buffer.from(secret).toString('base64')])];
}
