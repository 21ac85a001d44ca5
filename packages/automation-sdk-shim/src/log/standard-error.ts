import { destination, pino, stdTimeFunctions, type DestinationStream } from 'pino';
import type { Level } from './levels.js';

/** Writes one finished text of a level. */
export type Write = (level: Level, text: string) => void;

/** JSON lines `{"level":"warning","time":"<ISO>","msg":"…"}` on standard error, written before the call returns. */
export function writeToStandardError(threshold: Level, stream: DestinationStream = standardError()): Write {
  const logger = pino(
    {
      customLevels: { debug: 20, info: 30, warning: 40, error: 50, critical: 60 },
      useOnlyCustomLevels: true,
      level: threshold,
      base: null,
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    stream,
  );
  return (level, text) => logger[level](text);
}

function standardError(): DestinationStream {
  const stream = destination({ dest: 2, sync: true });
  // A reader that went away must not end the collection, and there is nowhere left to say so.
  stream.on('error', () => undefined);
  return stream;
}
