import { setMaxListeners } from 'node:events';
import { fileURLToPath } from 'node:url';
import { run } from './run.js';

const stop = new AbortController();
// Each lane of a plan listens while it waits.
setMaxListeners(0, stop.signal);
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (stop.signal.aborted) process.exit(1);
    stop.abort();
  });
}

process.exitCode = await run(process.argv.slice(2), {
  repository: fileURLToPath(new URL('../../../../', import.meta.url)),
  write: (text) => process.stdout.write(text),
  stop: stop.signal,
});
