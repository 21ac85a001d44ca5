/** npm passes on the Ctrl-C that the terminal has sent to all: this soon after the first one, it is the same one. */
const SAME_REQUEST_MS = 500;
const LOOK_FOR_PARENT_EVERY_MS = 1000;

/**
 * Aborts when the user asks to stop: by Ctrl-C, SIGTERM, a closed terminal or a closed pipe.
 *
 * A second signal ends the process at once, and its children with it.
 */
export function listenForStop(): AbortSignal {
  const stop = new AbortController();
  let askedAtMs: number | undefined;
  const ask = () => {
    askedAtMs ??= performance.now();
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (askedAtMs !== undefined && performance.now() - askedAtMs > SAME_REQUEST_MS) process.exit(1);
      ask();
    });
  }
  // The reader of the output has gone. What is written from now on is lost.
  process.stdout.on('error', ask);
  if (process.env['npm_lifecycle_event'] !== undefined) askWhenOrphaned(ask);
  return stop.signal;
}

/** npm passes SIGTERM on to the shell between us, which dies of it without passing it on. */
function askWhenOrphaned(ask: () => void): void {
  const parent = process.ppid;
  setInterval(() => {
    if (process.ppid !== parent) ask();
  }, LOOK_FOR_PARENT_EVERY_MS).unref();
}
