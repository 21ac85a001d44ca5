import { THREADS_LIMIT_MS } from '../budgets.js';

/**
 * Requests that hold a thread each until the system answers; how Node.js names them (`process.getActiveResourcesInfo`).
 */
const ON_A_THREAD = /^(FSReq|FileHandleCloseReq|GetAddrInfoReq|GetNameInfoReq)/;
const LOOK_AGAIN_MS = 20;

/**
 * Ends the process within half a second, in every case. `process.exit` waits for threads that are in the middle of a
 * file operation, for ever where the volume hangs. Where they do not end, the process kills itself, so that its exit
 * code is 137 (128 + SIGKILL).
 */
export function endProcess(code: number): void {
  const deadline = performance.now() + THREADS_LIMIT_MS;
  const end = () => {
    if (!process.getActiveResourcesInfo().some((name) => ON_A_THREAD.test(name))) process.exit(code);
    if (performance.now() < deadline) {
      setTimeout(end, LOOK_AGAIN_MS);
      return;
    }
    process.kill(process.pid, 'SIGKILL');
    // The first process of a container cannot kill itself; the exit code is 139 then.
    process.abort();
  };
  end();
}
