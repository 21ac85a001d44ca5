const LOOKS_FOR_MS = 10_000;

/** At which playbooks somebody looks: a page asks for its playbook once a second. */
export class Lookers {
  readonly #lookedAtMs = new Map<string, number>();

  look(playbook: string, nowMs: number): void {
    this.#lookedAtMs.set(playbook, nowMs);
    for (const [id, atMs] of this.#lookedAtMs) {
      if (nowMs - atMs >= LOOKS_FOR_MS) this.#lookedAtMs.delete(id);
    }
  }

  isLookedAt(playbook: string, nowMs: number): boolean {
    return nowMs - (this.#lookedAtMs.get(playbook) ?? -Infinity) < LOOKS_FOR_MS;
  }
}
