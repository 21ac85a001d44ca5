/** What whoever typed the command can mend; the message says how. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** Of a data folder that cannot be read or written. */
export function unusableDataFolder(dataFolder: string, error: unknown): UsageError {
  return new UsageError(
    `The data folder ${dataFolder} cannot be used (${String(error)}): mend that, or name another one with --data.`,
  );
}

/** Of a port that cannot be listened on; any other error as it is. */
export function asPortError(port: number, error: unknown): unknown {
  const { code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== 'listen') return error;
  const what = code === 'EADDRINUSE' ? `Port ${port} and those after it are taken` : `Port ${port} cannot be used`;
  return new UsageError(`${what} (${String(error)}): name another one with --port; 0 takes any that is free.`);
}
