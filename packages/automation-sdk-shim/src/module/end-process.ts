/** Requests that hold a thread each until the system answers; how Node.js names them (`process.getActiveResourcesInfo`). */
const ON_A_THREAD = /^(FSReq|FileHandle|GetAddrInfo|GetNameInfo)/;

/**
 * Ends the process now, in every case. `process.exit` waits for threads that are in the middle of a file operation, for ever where
 * the volume hangs. Then the process kills itself, so that its exit code is 137 (128 + SIGKILL) instead of `code`.
 */
export function endProcess(code: number): never {
  if (process.getActiveResourcesInfo().some((name) => ON_A_THREAD.test(name))) {
    process.kill(process.pid, 'SIGKILL');
    // The first process of a container cannot kill itself; the exit code is 139 then.
    process.abort();
  }
  process.exit(code);
}
