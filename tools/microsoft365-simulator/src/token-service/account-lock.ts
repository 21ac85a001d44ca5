/** Locks an account for a while after too many wrong passwords in a row. Times are milliseconds since 1970. */
export class AccountLock {
  #failures = 0;
  #untilMs = -Infinity;

  locked(nowMs: number): boolean {
    return nowMs < this.#untilMs;
  }

  fail(nowMs: number, { attempts, seconds }: { readonly attempts: number; readonly seconds: number }): void {
    this.#failures++;
    if (this.#failures < attempts) return;
    this.#failures = 0;
    this.#untilMs = nowMs + seconds * 1000;
  }

  succeed(): void {
    this.#failures = 0;
  }
}
