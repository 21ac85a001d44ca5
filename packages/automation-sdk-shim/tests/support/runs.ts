/** Below this, a property says little of anything. */
const FEWEST = 20;

/**
 * How often a property is tried: a twentieth of its runs while one waits for the result, all of them with THOROUGH=1, as CI
 * does, and as many as FUZZ_RUNS says where it is set.
 */
export function runs(all: number): { numRuns: number } {
  const few = Math.max(Math.min(all, FEWEST), Math.ceil(all / 20));
  return { numRuns: Number(process.env['FUZZ_RUNS']) || (process.env['THOROUGH'] === '1' ? all : few) };
}
