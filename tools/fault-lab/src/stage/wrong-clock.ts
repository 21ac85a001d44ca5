/**
 * Options for Node.js that put a process's clock wrong from its first line on; positive: ahead. Monotonic time stays
 * right.
 */
export function wrongClock(offMs: number): readonly string[] {
  if (offMs === 0) return [];
  const script = `
    const Right = Date;
    globalThis.Date = class Date extends Right {
      constructor(...parts) { super(...(parts.length === 0 ? [Right.now() + ${offMs}] : parts)); }
      static now() { return Right.now() + ${offMs}; }
    };`;
  return [`--import=data:text/javascript,${encodeURIComponent(script)}`];
}
