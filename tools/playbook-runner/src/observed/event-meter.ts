const MINUTE_MS = 60_000;

/** Counts events, and how many of them came in the last minute. */
export class EventMeter {
  #total = 0;
  #recent: { readonly atMs: number; readonly events: number }[] = [];

  get total(): number {
    return this.#total;
  }

  add(events: number, nowMs: number): void {
    this.#total += events;
    this.#recent.push({ atMs: nowMs, events });
    this.#forget(nowMs);
  }

  inLastMinute(nowMs: number): number {
    this.#forget(nowMs);
    return this.#recent.reduce((sum, { events }) => sum + events, 0);
  }

  #forget(nowMs: number): void {
    const firstRecent = this.#recent.findIndex(({ atMs }) => atMs > nowMs - MINUTE_MS);
    this.#recent = firstRecent === -1 ? [] : this.#recent.slice(firstRecent);
  }
}
