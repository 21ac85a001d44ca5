/** What istanbul's instrumentation counts in one file. */
interface FileCoverage {
  s: Record<string, number> | Uint32Array;
  f: Record<string, number> | Uint32Array;
  b: Record<string, number[] | Uint32Array>;
}

/** How often something was passed, in the steps of AFL: more of them is something new, one more of many is not. */
const STEPS = [1, 2, 3, 4, 8, 16, 32, 128];

/**
 * Which statements, functions and branches of the product the inputs so far have passed, and how often. Made after
 * everything was loaded: the counters move into one array, so that looking at them takes microseconds.
 */
export class Coverage {
  readonly #counters: Uint32Array;
  readonly #seen: Uint8Array;

  constructor() {
    const files = Object.values((globalThis as { __coverage__?: Record<string, FileCoverage> }).__coverage__ ?? {});
    const size = files.reduce((sum, file) => sum + countersIn(file), 0);
    this.#counters = new Uint32Array(size);
    this.#seen = new Uint8Array(size);
    let at = 0;
    const take = (count: number) => this.#counters.subarray(at, (at += count));
    for (const file of files) {
      file.s = take(Object.keys(file.s).length);
      file.f = take(Object.keys(file.f).length);
      for (const [branch, signInScenarios] of Object.entries(file.b)) file.b[branch] = take(signInScenarios.length);
    }
  }

  /** How many counters there are, and how many have been passed. */
  get reached(): { readonly passed: number; readonly all: number } {
    return { passed: this.#seen.reduce((sum, steps) => sum + (steps > 0 ? 1 : 0), 0), all: this.#seen.length };
  }

  begin(): void {
    this.#counters.fill(0);
  }

  /** Whether the run since `begin` has passed anything that no run before it has, or more often. */
  isNew(): boolean {
    let isNew = false;
    for (let at = 0; at < this.#counters.length; at += 1) {
      const count = this.#counters[at] ?? 0;
      if (count === 0) continue;
      const step = 1 << STEPS.findLastIndex((min) => count >= min);
      if (((this.#seen[at] ?? 0) & step) !== 0) continue;
      this.#seen[at] = (this.#seen[at] ?? 0) | step;
      isNew = true;
    }
    return isNew;
  }

  /** The counters that the run since `begin` has passed at all. */
  passed(): Set<number> {
    const passed = new Set<number>();
    this.#counters.forEach((count, at) => count > 0 && passed.add(at));
    return passed;
  }
}

function countersIn({ s, f, b }: FileCoverage): number {
  const signInScenarios = Object.values(b).reduce((sum, counts) => sum + counts.length, 0);
  return Object.keys(s).length + Object.keys(f).length + signInScenarios;
}
