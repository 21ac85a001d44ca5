import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { type Terminal, UsageError } from './terminal.js';

/** Asks a person for a secret, of which the terminal shows nothing. @throws UsageError where the person ends it */
export async function askHidden(question: string, { stdin, stderr, signal }: Terminal): Promise<string> {
  stderr.write(question);
  // The line editor would show what is typed: what it writes goes nowhere.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input: stdin, output: nowhere, terminal: true });
  const ended = new AbortController();
  editor.on('SIGINT', () => ended.abort());
  editor.on('close', () => ended.abort());
  try {
    return await editor.question('', { signal: AbortSignal.any([signal, ended.signal]) });
  } catch {
    throw new UsageError('Nothing was entered.');
  } finally {
    editor.close();
    stderr.write('\n');
  }
}
