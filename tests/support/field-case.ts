import type { AlteredRequest, Response } from '@local/testbed';
import type { Access } from '../../src/sekoia/access.js';
import { application as applicationAdvice } from '../../src/sekoia/guidance.js';
import { HoursWithATenant } from './hours-with-a-tenant.js';
import { account, application } from './sign-in-scenarios.js';

export const HOUR_MS = 3_600_000;
const POLL_MS = 60_000;
/** Two polls: what is newer may not have been looked for yet. */
const SETTLED_MS = 2 * POLL_MS;
/** The default of the setting. */
const LATE_WINDOW_MINUTES = 1620;

const guidance = { refused: 'Grant the permission.', absent: 'Check api_url.' };

export const ACCESSES: Readonly<Record<string, Access>> = {
  'Microsoft Graph': {
    api: 'graph',
    credentials: {
      kind: 'token',
      tenant: application.tenantId,
      clientId: application.clientId,
      identity: { clientSecret: application.clientSecret },
    },
    guidance: applicationAdvice.graph,
    organization: undefined,
  },
  'the Reporting Web Service': {
    api: 'reporting_web_service',
    credentials: { kind: 'basic', ...account },
    guidance,
    organization: undefined,
  },
};

export type Alter = (due: Response, request: AlteredRequest) => Response;

/** What a case has cost, by the count of the simulator. */
export interface Findings {
  readonly requestsPerHour: number;
  readonly maxInAnHour: number;
  /** Of rows received while the case lasted, from when they could be seen. */
  readonly delayP95Seconds: number;
  readonly delayMaxSeconds: number;
  /** When the rows that never went out were received. */
  readonly missing: readonly number[];
  readonly repeated: number;
  readonly gaps: readonly { readonly start: number; readonly end: number }[];
  readonly levels: Readonly<Record<'info' | 'warning' | 'error' | 'critical', number>>;
  readonly health: readonly (string | undefined)[];
}

/** One of the cases from the field, on one API, with a poll a minute. */
export class FieldCase {
  readonly life: HoursWithATenant;
  readonly #api: 'graph' | 'server';
  /** By hour. */
  readonly #requests: number[] = [];
  #startedAt = 0;
  #endedAt = 0;

  private constructor(life: HoursWithATenant, access: Access) {
    this.life = life;
    this.#api = access.api === 'graph' ? 'graph' : 'server';
    const beganAt = life.clock.trueMs;
    this.service.requests.on(({ atMs }) => {
      const hour = Math.max(0, Math.floor((atMs - beganAt) / HOUR_MS));
      this.#requests[hour] = (this.#requests[hour] ?? 0) + 1;
    });
  }

  static async begin(api: string): Promise<FieldCase> {
    const access = ACCESSES[api]!;
    return new FieldCase(await HoursWithATenant.begin(access, { lateWindow: LATE_WINDOW_MINUTES }), access);
  }

  get service() {
    return this.life.simulator[this.#api];
  }

  get nowMs(): number {
    return this.life.clock.trueMs;
  }

  alter(alter: Alter): void {
    this.service.options.alter = alter;
  }

  /** Lets so many hours pass; what was asked for before, such as for the first hour of mail, does not count. */
  async live(hours: number): Promise<Findings> {
    this.#startedAt = this.nowMs;
    const asked = this.service.requests.totals.requests;
    const firstHour = this.#requests.length;
    await this.life.live(hours * HOUR_MS);
    this.#endedAt = this.nowMs;
    return this.#findings((this.service.requests.totals.requests - asked) / hours, Math.max(0, firstHour - 1));
  }

  #findings(requestsPerHour: number, fromHour: number): Findings {
    const { life } = this;
    const first = new Map<string, number>();
    const times = new Map<string, number>();
    for (const { record, atMs } of life.deliveries) {
      const name = nameOf(record.traceId, record.recipient, record.status);
      if (!first.has(name)) first.set(name, atMs);
      times.set(name, (times.get(name) ?? 0) + 1);
    }
    const missing: number[] = [];
    const delays: number[] = [];
    for (const { traceId, recipient, receivedMs, statuses } of life.simulator.world.history(
      this.#endedAt - SETTLED_MS,
    )) {
      const shown = statuses.at(-1)!;
      const at = first.get(nameOf(traceId, recipient, shown.status));
      if (at === undefined) missing.push(receivedMs);
      else if (shown.fromMs >= this.#startedAt) delays.push((at - shown.fromMs) / 1000);
    }
    delays.sort((one, other) => one - other);
    const { log, monitor } = life;
    const count = (level: keyof Findings['levels']) => log.at(level).length;
    return {
      requestsPerHour: Math.round(requestsPerHour * 10) / 10,
      maxInAnHour: Math.max(...this.#requests.slice(fromHour).map((requests) => requests || 0)),
      delayP95Seconds: Math.round(delays[Math.floor(delays.length * 0.95)] ?? 0),
      delayMaxSeconds: Math.round(delays.at(-1) ?? 0),
      missing,
      repeated: [...times.values()].filter((number) => number > 1).length,
      gaps: monitor.gaps,
      levels: { info: count('info'), warning: count('warning'), error: count('error'), critical: count('critical') },
      health: [...new Set(monitor.statuses)],
    };
  }

  close(): Promise<void> {
    return this.life.simulator.close();
  }
}

function nameOf(traceId = '?', recipient = '?', status = '?'): string {
  return `${traceId} ${recipient} ${status.toLowerCase()}`;
}

/** Whether a query asks for an instant. */
export function holds({ startMs, endMs }: AlteredRequest, atMs: number): boolean {
  return startMs !== null && endMs !== null && startMs <= atMs && atMs <= endMs;
}
