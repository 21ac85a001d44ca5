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
