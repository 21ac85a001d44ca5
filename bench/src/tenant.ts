// A process of its own with all that the module meets: the simulated tenant, an intake, a platform. What it costs is
// not measured, and it ends with the bench.
import {
  EXAMPLE_IDENTITIES,
  identifyEvent,
  MailWorld,
  signInScenarios,
  startIntake,
  startPlatform,
  startSimulator,
} from '@local/testbed';
import type { Api, Counts, End, Order, TenantOptions, Told } from './tenant-messages.js';

const SIGN_IN = {
  'reporting-web-service': signInScenarios['an account on the Reporting Web Service'],
  graph: signInScenarios['an application on Microsoft Graph'],
} as const satisfies Record<Api, unknown>;
/** What is measured is the module, not how it waits for a quota. */
const NO_QUOTA = 1_000_000;

const { api, backlog } = JSON.parse(process.argv[2] ?? '') as TenantOptions;
const identities = EXAMPLE_IDENTITIES;
const { organization, domain, account, application, intakeKey, token } = identities;
const world = new MailWorld({ seed: 1, organization, domain });
if (backlog !== undefined) world.add({ rows: backlog.rows, from: backlog.fromMs, to: backlog.toMs });

const simulator = await startSimulator({
  world,
  options: account,
  graph: { quotaRequests: NO_QUOTA },
  tokenService: application,
});
const service = api === 'graph' ? simulator.graph : simulator.server;
const intake = await startIntake({ intakeKey, keep: 0, onEvents: receive });
const platform = await startPlatform({ token });

const none = { requests: 0, rows: 0, events: 0 };
let counted = { ...none };
let end: End | undefined;
let isDone = false;
/** When each row of arriving mail was acknowledged first, by trace id; undefined while none arrives. */
let acknowledgedMs: Map<string, number> | undefined;
let mailFromMs = 0;

function tell(told: Told): void {
  process.send?.(told);
}

function lookWhetherDone(): void {
  if (isDone || end === undefined || counted.events < end.events || counted.rows < end.rows) return;
  isDone = true;
  tell({ told: 'done' });
}

function receive(events: readonly string[]): void {
  counted.events += events.length;
  if (acknowledgedMs !== undefined) {
    for (const event of events) {
      const id = identifyEvent(event)?.traceId;
      if (id !== undefined && !acknowledgedMs.has(id)) acknowledgedMs.set(id, Date.now());
    }
  }
  lookWhetherDone();
}

service.requests.on(({ rows, atMs }) => {
  counted.requests += 1;
  counted.rows += rows;
  if (counted.requests === 1) tell({ told: 'first-request', atMs: atMs - service.options.clockOffsetMs });
  lookWhetherDone();
});

/** A row that was not acknowledged counts as if it were now. */
function delaysMs(): number[] {
  const times = acknowledgedMs;
  if (times === undefined) return [];
  return [...world.history(service.nowMs())]
    .filter(({ receivedMs }) => receivedMs >= mailFromMs)
    .map(({ traceId, visibleFromMs }) => (times.get(traceId) ?? Date.now()) - visibleFromMs)
    .sort((one, other) => one - other);
}

process.on('message', (order: Order) => {
  switch (order.order) {
    case 'begin':
      counted = { ...none };
      end = order.end;
      isDone = false;
      return;
    case 'count':
      tell({ told: 'counts', counts: { ...counted, delaysMs: delaysMs() } satisfies Counts });
      return;
    case 'clock':
      for (const { options } of [simulator.server, simulator.graph, simulator.tokenService])
        options.clockOffsetMs = order.offsetMs;
      return;
    case 'mail': {
      mailFromMs = Date.now();
      acknowledgedMs = new Map();
      const mail = world.live({ rowsPerHour: order.rowsPerHour, from: mailFromMs });
      mail.stop(mailFromMs + order.forMs);
    }
  }
});
process.on('disconnect', () => process.exit());
// Ctrl-C in a terminal reaches this process, too; the bench ends it when it has stopped what talks to it.
process.on('SIGINT', () => undefined);

const { dockerParameters, settings } = SIGN_IN[api];
tell({
  told: 'ready',
  addresses: {
    dockerParameters,
    settings: settings(simulator, identities),
    apiUrl: api === 'graph' ? simulator.graphUrl : simulator.apiUrl,
    authorityUrl: simulator.authorityUrl,
    intakeUrl: intake.url,
    intakeKey,
    callbackUrl: platform.callbackUrl,
    token,
  },
});
