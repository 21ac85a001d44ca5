import { createHash } from 'node:crypto';
import type { Observation } from './probe.js';
import { isBatch, isLogs, logEntries, type LogEntry, type Recorded } from './recorder.js';

/** What is compared: each field's name with its value as text. */
export type Fields = ReadonlyMap<string, string>;

const HEADERS = ['authorization', 'content-type', 'content-encoding', 'accept', 'user-agent'];
const UUID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g;
/** Larger bodies are compared as a whole. */
const MAX_BODY_CHARACTERS = 100_000;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/;

/** Everything that one side did, field by field. */
export function fieldsOf({ exitCode, requests, health, metrics, context, files }: Observation): Fields {
  const fields = new Map<string, string>([['exit code', String(exitCode)]]);
  const inOrder = requests.filter((request) => !isLogs(request));
  const secrets = inOrder.filter(isSecrets).map(({ status }) => status);
  if (secrets.length > 0) fields.set('secrets are asked for', `${secrets.length} times: ${secrets.join(', ')}`);
  const first = inOrder.findIndex((request) => !isSecrets(request));
  if (first >= 0 && secrets.length > 0)
    fields.set('secrets come before all else', String(inOrder.findLastIndex(isSecrets) < first));
  const others = inOrder.filter((request) => !isSecrets(request));
  fields.set('requests in order', others.map(({ kind, status }) => `${kind} (${status})`).join(', ') || 'none');
  addRequests(fields, inOrder);
  addLogs(fields, requests.filter(isLogs));
  if (health !== undefined) {
    fields.set('health: status', String(health.status));
    for (const [name, value] of leaves(health.body, 'health')) fields.set(name, shapeOf(value));
  }
  if (metrics !== undefined) addMetrics(fields, metrics);
  if (context !== undefined) {
    fields.set('context.json: text', context);
    for (const [name, value] of leaves(JSON.parse(context), 'context.json')) fields.set(name, JSON.stringify(value));
  }
  for (const [name, text] of files) fields.set(`file ${name.replaceAll(UUID, 'uuid')}`, text);
  return fields;
}

function isSecrets({ kind }: Recorded): boolean {
  return kind === 'GET /secrets';
}

function addRequests(fields: Map<string, string>, requests: readonly Recorded[]): void {
  const counts = new Map<string, number>();
  const uuids = new Map<string, string>();
  const stable = (value: unknown) => {
    return JSON.stringify(value).replaceAll(UUID, (uuid) => {
      if (!uuids.has(uuid)) uuids.set(uuid, `uuid ${uuids.size + 1}`);
      return uuids.get(uuid)!;
    });
  };
  for (const { kind, headers, body } of requests) {
    const n = (counts.get(kind) ?? 0) + 1;
    counts.set(kind, n);
    addHeaders(fields, `${kind} ${n}`, headers);
    if (body === undefined) continue;
    const { jsons, logs, ...others } = body as { jsons?: string[]; logs?: string };
    if (logs !== undefined) addTaskLogs(fields, `${kind} ${n}: logs`, logs);
    if (jsons === undefined && JSON.stringify(others).length > MAX_BODY_CHARACTERS)
      fields.set(`${kind} ${n}: body`, `SHA-256 ${digest(others)}`);
    else for (const [name, value] of leaves(others, `${kind} ${n}: body`)) fields.set(name, stable(value));
    if (jsons !== undefined) fields.set(`${kind} ${n}: number of events`, String(jsons.length));
  }
  const taken = requests.filter(({ kind, status }) => isBatch(kind) && status === 200);
  const events = taken.flatMap(({ body }) => (body as { jsons: string[] }).jsons);
  if (events.length > 0) fields.set('events taken, in order', `${events.length} of SHA-256 ${digest(events)}`);
}

function addHeaders(fields: Map<string, string>, request: string, headers: Recorded['headers']): void {
  for (const name of HEADERS) {
    const value = headers[name];
    if (typeof value === 'string') fields.set(`${request}: header ${name}`, value.replace(/\d+\.\d+\.\d+/, 'x.y.z'));
  }
}

/** The probe's own entries one by one; of what SDK and shim say themselves, how much of what matters to a reader. */
function addLogs(fields: Map<string, string>, requests: readonly Recorded[]): void {
  const entries = logEntries(requests);
  const own = entries.filter((entry) => isProbes(entry) && entry.level !== 'debug');
  const debug = entries.filter((entry) => isProbes(entry) && entry.level === 'debug');
  if (debug.length > 0) fields.set('log: debug entries', debug.map(({ message }) => message).join(', '));
  for (const [index, { level, message }] of own.entries()) fields.set(`log entry ${index + 1}`, `${level} ${message}`);
  for (const level of ['error', 'critical']) {
    const count = entries.filter((entry) => !isProbes(entry) && entry.level === level).length;
    fields.set(`log: ${level} entries besides the probe's`, String(count));
  }
  if (entries.length === 0) return;
  fields.set('log: form of the dates', [...new Set(entries.map(({ date }) => shapeOf(date)))].join(', '));
  fields.set('log: members of an entry', [...new Set(entries.flatMap((entry) => Object.keys(entry)))].join(', '));
  for (const { headers } of requests.slice(0, 1)) addHeaders(fields, 'POST /logs', headers);
}

/** The log of an action: a text of lines `<date>: <level>: <message>`, and of stacks below them. */
function addTaskLogs(fields: Map<string, string>, name: string, text: string): void {
  const entries = [...text.matchAll(/^(\d{4}-\d\d-\d\d.\d\d:\d\d:\d\d[.\d]*): (\w+): (.*)$/gm)].map(
    ([, date = '', level = '', message = '']) => ({ date, level, message }),
  );
  const own = entries.filter((entry) => isProbes(entry) && entry.level !== 'debug');
  const debug = entries.filter((entry) => isProbes(entry) && entry.level === 'debug');
  if (debug.length > 0) fields.set('log: debug entries', debug.map(({ message }) => message).join(', '));
  for (const [index, { level, message }] of own.entries())
    fields.set(`${name}: entry ${index + 1}`, `${level} ${message}`);
  for (const { date } of own.slice(0, 1)) fields.set(`${name}: form of the dates`, date.replaceAll(/\d/g, '0'));
  const others = entries.filter((entry) => !isProbes(entry)).map(({ level }) => level);
  if (others.length > 0) fields.set(`${name}: entries besides the probe's`, others.join(', '));
  fields.set(`${name}: last character`, JSON.stringify(text.slice(-1)));
}

function isProbes({ message }: Pick<LogEntry, 'message'>): boolean {
  return message.startsWith('probe:');
}

/** The families of the contract: type, labels and values; what the runtimes say of themselves is no part of it. */
function addMetrics(fields: Map<string, string>, text: string): void {
  for (const line of text.split('\n')) {
    const [, name, type] = /^# TYPE (symphony_\w+) (\w+)/.exec(line) ?? [];
    if (name !== undefined && type !== undefined) fields.set(`metric ${name}: type`, type);
    const [, sample, labels, value] = /^(symphony_\w+)\{(.*?)\} (\S+)$/.exec(line) ?? [];
    if (sample === undefined || labels === undefined || value === undefined) continue;
    const names = labels.split(',').map((label) => label.split('=')[0]);
    fields.set(`metric ${sample}: labels`, [...new Set(names)].sort().join(', '));
    const label = /intake_key="([^"]*)"/.exec(labels)?.[1];
    if (label !== undefined) fields.set(`metric ${sample}: label intake_key`, label);
    if (/events(_total)?$|lags$/.test(sample)) fields.set(`metric ${sample}: value`, String(Number(value)));
  }
}

/** Every value in JSON with its path. */
function leaves(value: unknown, path: string): [string, unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, value]];
  return entries.flatMap(([name, inner]) => leaves(inner, `${path}.${name}`));
}

/** Times differ between two runs: only their form is compared. */
function shapeOf(value: unknown): string {
  return typeof value === 'string' && TIME.test(value) ? value.replaceAll(/\d/g, '0') : JSON.stringify(value);
}

function digest(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 12);
}
