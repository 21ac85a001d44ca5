import { LEAST_HIDDEN } from '../form/settings-schema.js';

/** Characters. Shorter lines, such as the end of a PEM's last one, tell nothing. */
const LEAST_TELLING = 8;

/** All secrets of this run of the runner: a process may still use one that was replaced. */
export class SecretForms {
  readonly #forms = new Set<string>();

  add(secrets: readonly string[]): void {
    for (const form of secrets.flatMap(formsOf)) this.#forms.add(form);
  }

  /** In all forms in which a log may show them. */
  get all(): readonly string[] {
    return [...this.#forms];
  }
}

/** As it is, as JSON, web forms and addresses write it, and, such as a PEM in a log, line by line. */
function formsOf(secret: string): string[] {
  const lines = secret.split(/[\r\n]+/).filter((line) => line.length >= LEAST_TELLING);
  const inForm = new URLSearchParams({ secret }).toString().replace('secret=', '');
  // By way of bytes, which know no half of a character: those cannot be encoded.
  const inAddress = encodeURIComponent(Buffer.from(secret).toString());
  const forms = [secret, JSON.stringify(secret).slice(1, -1), inForm, inAddress, ...lines];
  return forms.filter((form) => form.trim().length >= LEAST_HIDDEN);
}
