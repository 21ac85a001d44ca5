import { run } from './command-line.js';

const stop = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => stop.abort());
process.exitCode = await run(process.argv.slice(2), (text) => process.stdout.write(text), stop.signal);
