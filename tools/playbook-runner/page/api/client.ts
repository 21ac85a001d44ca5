import type { AccountSettings, ActionResults, ActionRun, ActionRuns } from '../../src/wire/module.js';
import type {
  Library,
  PlaybookChange,
  PlaybookSettings,
  PlaybookSummary,
  SettingsChange,
} from '../../src/wire/playbook.js';
import type { EventDetail, IntakeControls, Live, TenantControls } from '../../src/wire/live.js';
import { type Method, request } from './request.js';

export interface LiveQuery {
  /** Of which playbook everything is wanted; null for the list alone. */
  readonly playbook: string | null;
  readonly eventsAfter: number;
  readonly logsAfter: number;
  readonly samplesAfter: number;
}

/** The runner's API, one function for each call. All of them throw ApiError. */
export const api = {
  library: () => call<Library>('GET', '/api/library'),
  live: (query: LiveQuery) => call<Live>('GET', `/api/live?${liveParameters(query)}`),

  addPlaybook: (trigger: string, name?: string) =>
    call<PlaybookSettings>('POST', '/api/playbooks', { trigger, ...(name !== undefined && { name }) }),
  playbook: (id: string) => call<PlaybookSettings>('GET', pathOf(id)),
  changePlaybook: (id: string, change: PlaybookChange) => call<PlaybookSettings>('PUT', pathOf(id), change),
  deletePlaybook: (id: string) => call<undefined>('DELETE', pathOf(id)),
  useSimulatedTenant: (id: string) => call<PlaybookSettings>('POST', `${pathOf(id)}/simulated-tenant`),

  start: (id: string) => call<PlaybookSummary>('POST', `${pathOf(id)}/start`),
  stop: (id: string) => call<PlaybookSummary>('POST', `${pathOf(id)}/stop`),
  kill: (id: string) => call<PlaybookSummary>('POST', `${pathOf(id)}/kill`),

  event: (id: string, number: number) => call<EventDetail>('GET', `${pathOf(id)}/events/${number}`),
  changeIntake: (id: string, some: Partial<IntakeControls>) =>
    call<IntakeControls>('PATCH', `${pathOf(id)}/intake`, some),
  account: () => call<AccountSettings>('GET', '/api/account'),
  changeAccount: (change: SettingsChange) => call<AccountSettings>('PUT', '/api/account', change),
  useSimulatedTenantForAccount: () => call<AccountSettings>('POST', '/api/account/simulated-tenant'),
  testAccount: () => call<AccountSettings>('POST', '/api/account/test'),

  actionRuns: () => call<ActionRuns>('GET', '/api/actions'),
  runAction: (command: string, given: Readonly<Record<string, unknown>>) =>
    call<ActionRun>('POST', `${actionPath(command)}/run`, { arguments: given }),
  stopAction: (command: string) => call<ActionRun>('POST', `${actionPath(command)}/stop`),
  actionResults: (command: string) => call<ActionResults>('GET', resultsAddress(command), undefined, RESULTS_WITHIN_MS),

  changeTenant: (some: Partial<TenantControls>) => call<TenantControls>('PATCH', '/api/tenant', some),
};

/** Server and page are built from the same types, so an answer has the shape of its call. */
async function call<Response>(method: Method, path: string, body?: unknown, withinMs?: number): Promise<Response> {
  return (await request(method, path, body, withinMs)) as Response;
}

/** Results may be 100,000 rows. */
const RESULTS_WITHIN_MS = 60_000;

/** Where the results of an action's last run are, as a file. */
export function resultsAddress(command: string): string {
  return `${actionPath(command)}/results`;
}

function actionPath(command: string): string {
  return `/api/actions/${encodeURIComponent(command)}`;
}

function pathOf(id: string): string {
  return `/api/playbooks/${encodeURIComponent(id)}`;
}

function liveParameters({ playbook, ...cursors }: LiveQuery): string {
  if (playbook === null) return '';
  const numbers = Object.entries(cursors).map(([name, value]): [string, string] => [name, String(value)]);
  return new URLSearchParams([['playbook', playbook], ...numbers]).toString();
}
