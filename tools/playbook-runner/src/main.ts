import { fileURLToPath } from 'node:url';
import { run } from './start/run.js';
import { listenForStop } from './start/stop-request.js';

const repository = fileURLToPath(new URL('../../../', import.meta.url));
const outputs = { output: process.stdout, errors: process.stderr };
process.exitCode = await run(process.argv.slice(2), repository, outputs, listenForStop());
