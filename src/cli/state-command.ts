import { openStoreAccess, SECRETS, type StoreAccess } from '@sekoia/automation-sdk-shim';
import { type Context, type ForeignContext, isContext } from '../collector/checkpoint.js';
import { isObject } from '../model/json.js';
import { cellText } from './formats.js';
import { EXIT, type ExitCode, type Terminal } from './terminal.js';

/** Reasons that are named one by one. */
const MAX_REASONS = 10;
const MINUTE_S = 60;
const DAY_S = 86_400;

/** The store of the trigger that runs here, or that the environment names. @throws ConfigurationError */
export function storeFor(terminal: Terminal): StoreAccess {
  return openStoreAccess(
    { env: terminal.env, hide: (_name, secret) => SECRETS.add(secret), signal: terminal.signal },
    (sentence) => terminal.say(sentence),
  );
}

/** What the store remembers. Times are ISO 8601, UTC. */
interface StoredState {
  readonly store: string;
  /** The process that uses it. */
  readonly used_by: { readonly pid: number; readonly host: string; readonly since: string } | null;
  /** Everything received before was read at least once; null before the first reading. */
  readonly read_before: string | null;
  readonly written_at: string | null;
  readonly source: string | null;
  readonly passes: readonly { readonly age_seconds: number; readonly read_before: string }[];
  /** Time behind the newest that was not read yet. */
  readonly unread: { readonly start: string; readonly end: string } | null;
  /** Time that Microsoft does not answer for, tried again rarely. */
  readonly set_aside: readonly { readonly start: string; readonly end: string; readonly next_try: string }[];
  readonly dead_letters: {
    readonly rows: number;
    readonly files: readonly string[];
    readonly reasons: Readonly<Record<string, number>>;
  };
}

/** `message-trace state show`. @throws StoreError, ConfigurationError */
export async function stateCommand({ json }: { readonly json: boolean }, terminal: Terminal): Promise<ExitCode> {
  const store = storeFor(terminal);
  if (!(await store.exists())) {
    terminal.say(`The ${store.name} is not here. Run this where the collector runs, or set DATA_STORAGE.`);
    return EXIT.failed;
  }
  const state = await readState(store);
  await terminal.write(json ? `${JSON.stringify(state, undefined, 2)}\n` : describeState(state, Date.now()));
  await terminal.flush();
  return EXIT.complete;
}

async function readState(store: StoreAccess): Promise<StoredState> {
  const owner = await store.owner();
  const context = contextIn(await store.read('context.json'));
  const watermarks = context !== undefined && isWhole(context) ? context : undefined;
  const readBefore = context?.most_recent_date_requested ?? null;
  const ahead = watermarks?.ahead;
  return {
    store: store.name,
    used_by: owner === undefined ? null : { pid: owner.pid, host: owner.host, since: owner.since },
    read_before: readBefore,
    written_at: watermarks?.written_at ?? null,
    source: watermarks?.source ?? null,
    passes: watermarks?.watermarks ?? [],
    unread: ahead === undefined || readBefore === null ? null : { start: readBefore, end: ahead.start },
    set_aside: (watermarks?.set_aside ?? []).map(({ start, end, next_try }) => ({ start, end, next_try })),
    dead_letters: await readDeadLetters(store),
  };
}

function contextIn(text: string | undefined) {
  try {
    const content = JSON.parse(text ?? '') as unknown;
    return isContext(content) ? content : undefined;
  } catch {
    return undefined;
  }
}

/** The platform's own connector keeps one time alone. */
function isWhole(context: Context | ForeignContext): context is Context {
  return 'version' in context;
}

async function readDeadLetters(store: StoreAccess): Promise<StoredState['dead_letters']> {
  const files = await store.names('rejected');
  const reasons = new Map<string, number>();
  let rows = 0;
  for (const file of files) {
    for (const line of ((await store.read(file)) ?? '').split('\n')) {
      if (line === '') continue;
      rows += 1;
      const reason = reasonIn(line);
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
    }
  }
  return { rows, files, reasons: Object.fromEntries([...reasons].sort(([, one], [, other]) => other - one)) };
}

function reasonIn(line: string): string {
  try {
    const letter = JSON.parse(line) as unknown;
    if (isObject(letter) && typeof letter['reason'] === 'string') return letter['reason'];
  } catch {
    // A kill cuts the last line off.
  }
  return 'The line cannot be read.';
}

/** In words, for a person. */
function describeState(state: StoredState, nowMs: number): string {
  const { store, used_by: user, read_before: readBefore, passes, unread, set_aside: setAside, dead_letters } = state;
  const lines = [
    `Store: the ${store}, ${user === null ? 'used by no process.' : `used by the process ${user.pid} on the host ${user.host} since ${user.since}.`}`,
    readBefore === null
      ? 'Nothing has been read yet.'
      : `Read: everything that Exchange received before ${readBefore} (${agoOf(readBefore, nowMs)}), at least once.`,
    ...passes.map(({ age_seconds: age, read_before: before }, pass) =>
      pass === 0
        ? `  Pass 0 reads new mail: done before ${before}.`
        : `  Pass ${pass} reads again what is ${durationOf(age)} old: done before ${before}.`,
    ),
    unread === null
      ? 'Gaps: none that is left to be read.'
      : `Gaps: ${unread.start} to ${unread.end} was passed over for new mail and is still to be read.`,
    ...setAside.map(
      ({ start, end, next_try: next }) =>
        `  Microsoft does not answer for ${start} to ${end}. It is tried again at ${next}.`,
    ),
    dead_letters.rows === 0
      ? 'Dead letters: none.'
      : `Dead letters: ${dead_letters.rows} rows in ${dead_letters.files.length} files. Send them again with: message-trace state replay-dead-letters`,
    ...Object.entries(dead_letters.reasons)
      .slice(0, MAX_REASONS)
      .map(([reason, count]) => `  ${count} × ${cellText(reason)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function agoOf(time: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(time)) / 1_000);
  return seconds < 0 ? 'in the future' : `${durationOf(seconds)} ago`;
}

function durationOf(seconds: number): string {
  if (seconds < 2 * MINUTE_S) return `${Math.round(seconds)} s`;
  if (seconds < 120 * MINUTE_S) return `${Math.round(seconds / MINUTE_S)} min`;
  return seconds < 2 * DAY_S ? `${Math.round(seconds / 3_600)} h` : `${Math.round(seconds / DAY_S)} d`;
}
