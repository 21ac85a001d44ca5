/*
 * Loaded into each child before its own code: asks it to stop once the runner is gone, however that ended. A runner
 * that is killed with SIGKILL stops nobody itself, and a trigger left behind would hold its data folder for ever.
 *
 * The runner holds the other end of the standard input, and never sends anything.
 */
import { Socket } from 'node:net';

const STOP_WITHIN_MS = 15_000;

new Socket({ fd: 0, readable: true, writable: false })
  .on('error', () => undefined)
  .on('close', () => {
    setTimeout(() => process.kill(process.pid, 'SIGKILL'), STOP_WITHIN_MS).unref();
    process.kill(process.pid, 'SIGTERM');
  })
  .resume()
  .unref();
