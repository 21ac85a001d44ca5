import { readFileSync, writeSync } from 'node:fs';
import { MIN_OPEN_FILES } from './budgets.js';

// Loaded before everything else, and from Node.js alone: too low a limit of open files fails while modules load.

/** Options of Node.js, by how their names begin, and what each does to secrets. Node.js takes "_" for "-". */
const UNSAFE_OPTIONS: Readonly<Record<string, string>> = {
  inspect: 'opens a debugger that reads every secret',
  'debug-port': 'opens a debugger that reads every secret',
  'report-': 'writes the environment with its secrets to a file',
  heapsnapshot: 'writes the memory with its secrets to a file',
  'heap-prof': 'writes the memory to a file',
  'abort-on-uncaught-exception': 'writes the memory with its secrets to a core file',
  'tls-keylog': 'writes the keys of encrypted connections to a file',
  'trace-tls': 'writes what encrypted connections carry to the log',
  'insecure-http-parser': 'accepts answers that hide others',
  'security-revert': 'brings a closed vulnerability back',
};
const OPTION = new RegExp(`(?:^|\\s)--((?:${Object.keys(UNSAFE_OPTIONS).join('|')})[a-z-]*)`, 'g');
const EXIT_CODE = 1;

/** What the module is started with. */
export interface Start {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Options of Node.js on the command line. */
  readonly execArgv: readonly string[];
  /** How many files the process may open at once; undefined where the system does not tell. */
  readonly maxOpenFiles: number | undefined;
}

/** What keeps a module from a safe start, a sentence for each; empty where nothing does. */
export function problemsOfStart({ env, execArgv, maxOpenFiles }: Start): readonly string[] {
  return [
    ...unsafeOptions('NODE_OPTIONS', env['NODE_OPTIONS'] ?? ''),
    ...unsafeOptions('The command line', execArgv.join(' ')),
    ...(env['NODE_DEBUG'] ? ['NODE_DEBUG is set: it writes tokens to the log. Unset it.'] : []),
    ...(env['NODE_TLS_REJECT_UNAUTHORIZED'] === '0'
      ? [
          'NODE_TLS_REJECT_UNAUTHORIZED is 0: any server on the way gets the credentials. ' +
            'Unset it, and name the authority of your proxy in NODE_EXTRA_CA_CERTS.',
        ]
      : []),
    ...(maxOpenFiles !== undefined && maxOpenFiles < MIN_OPEN_FILES
      ? [
          `The process may open ${maxOpenFiles} files at once and needs ${MIN_OPEN_FILES}. ` +
            'Raise the limit (ulimit -n, or --ulimit nofile of the container).',
        ]
      : []),
  ];
}

function unsafeOptions(where: string, options: string): string[] {
  // Quotation marks and backslashes are taken off, as Node.js does: '"--inspect"' is --inspect.
  const plain = options.replaceAll(/["\\]/g, '').replaceAll('_', '-');
  const names = new Set([...plain.matchAll(OPTION)].map(([, name = '']) => name));
  return [...names].map((name) => `${where} holds --${name}: it ${effectOf(name)}. Remove it.`);
}

function effectOf(name: string): string {
  return Object.entries(UNSAFE_OPTIONS).find(([beginning]) => name.startsWith(beginning))?.[1] ?? '';
}

/**
 * Loads a module once the process is safe for its secrets: no debugger, no report, no dump of memory. SIGUSR1, which
 * opens the debugger of Node.js, is taken and ignored. Where the start is unsafe, or `load` fails, writes one line to
 * standard error and ends the process with exit code 1.
 */
export async function loadGuarded(load: () => Promise<unknown>): Promise<void> {
  process.on('SIGUSR1', () => undefined);
  const { env, execArgv } = process;
  const problems = problemsOfStart({ env, execArgv, maxOpenFiles: maxOpenFiles() });
  if (problems.length > 0) end(`The module does not start. ${problems.join(' ')} No data is lost. [SDK-START]`);
  try {
    await load();
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const reason = code === undefined ? message : `${code}: ${message}`;
    end(`The module's code cannot be loaded (${reason.split('\n')[0]}). Use the image as it was built. [SDK-START]`);
  }
}

/** The soft limit: Node.js has raised it to the hard one. Linux only. */
function maxOpenFiles(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1];
    return limit === undefined ? undefined : Number(limit);
  } catch {
    return undefined;
  }
}

/** In the form of the log, which is not loaded yet. */
function end(msg: string): never {
  writeSync(2, `${JSON.stringify({ level: 'critical', time: new Date().toISOString(), msg })}\n`);
  process.exit(EXIT_CODE);
}
