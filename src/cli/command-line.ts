/** Runs the command that the command line names, and ends the process with its exit code. */
import { ConfigurationError, LockHeldError, StoreError } from '@sekoia/automation-sdk-shim';
import { CommanderError } from 'commander';
import { CollectorError } from '../model/errors.js';
import { FilterError } from '../search/filter.js';
import { createProgram } from './program.js';
import { ClosedReaderError, EXIT, type ExitCode, Terminal, UsageError } from './terminal.js';

const HELP_CODES = new Set(['commander.helpDisplayed', 'commander.help', 'commander.version']);

async function run(terminal: Terminal): Promise<ExitCode> {
  let code: ExitCode = EXIT.complete;
  const program = createProgram({ version: terminal.version, terminal, onEnd: (ended) => (code = ended) });
  try {
    await program.parseAsync(process.argv);
    return code;
  } catch (error) {
    return codeFor(error, terminal);
  }
}

function codeFor(error: unknown, terminal: Terminal): ExitCode {
  // What is missing went to nobody, who has asked for no more.
  if (error instanceof ClosedReaderError) return EXIT.incomplete;
  // Commander has said it.
  if (error instanceof CommanderError) return HELP_CODES.has(error.code) ? EXIT.complete : EXIT.usage;
  if (terminal.signal.aborted) {
    terminal.say('Interrupted.');
    return EXIT.incomplete;
  }
  if (error instanceof UsageError || error instanceof ConfigurationError || error instanceof FilterError) {
    // Filters have the names of the actions.
    terminal.say(error instanceof FilterError ? error.message.replace(/\bperiod\b/g, '--since') : error.message);
    return EXIT.usage;
  }
  if (error instanceof CollectorError || error instanceof StoreError || error instanceof LockHeldError)
    terminal.say(`${error.message} [${error.code}]`);
  else if (isSystemError(error)) terminal.say(`${error.message}. Correct that and try again.`);
  else terminal.say(`This is a bug, please report it. ${error instanceof Error ? (error.stack ?? '') : String(error)}`);
  return EXIT.failed;
}

/** A file that cannot be written, a full disk and the like. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error;
}

/** @param version of the module */
export async function runCommandLine(version: string): Promise<never> {
  const terminal = new Terminal(process, version);
  terminal.listenForStop();
  process.exit(await run(terminal));
}
