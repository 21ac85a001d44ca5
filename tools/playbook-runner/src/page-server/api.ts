import type { ModuleCards } from '../cards/read-cards.js';
import { HttpError } from '@local/testbed';
import type { Cursors } from '../observed/observations.js';
import type { Playbooks } from '../playbooks/playbooks.js';
import type { SimulatedTenant } from '../simulation/simulated-tenant.js';
import { MAX_ROWS_PER_HOUR } from '../simulation/tenant-control.js';
import type { Library } from '../wire/playbook.js';
import type { IntakeControls, Live, TenantControls } from '../wire/live.js';
import { type ControlShapes, readAddition, readControls, readPlaybookChange } from './body-shapes.js';

export interface ApiOptions {
  readonly module: ModuleCards;
  readonly playbooks: Playbooks;
  readonly tenant: SimulatedTenant;
  /** Called with the id of a playbook that a page shows. */
  readonly onLook: (playbook: string) => void;
}

interface ApiResponse {
  readonly status: number;
  /** Undefined: none. */
  readonly body?: unknown;
}

interface ApiCall {
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
  /** What stands in the path for a name such as `:id`; empty where the path has no such. */
  readonly part: (name: 'id' | 'number') => string;
}

type Response = (call: ApiCall) => ApiResponse | Promise<ApiResponse>;

/** Method and path, such as `PUT /api/playbooks/:id`. */
export type Routes = Readonly<Record<string, Response>>;

const TENANT: ControlShapes<TenantControls> = {
  rowsPerHour: { max: MAX_ROWS_PER_HOUR },
  lateShare: { max: 1 },
  faultShare: { max: 1 },
  outage: 'truth',
};
const INTAKE: ControlShapes<IntakeControls> = { faultShare: { max: 1 }, outage: 'truth' };

/** All that the page can ask for; `wire/` tells the shapes. */
export function apiRoutes({ module, playbooks, tenant, onLook }: ApiOptions): Routes {
  const ok = (body: unknown): ApiResponse => ({ status: 200, body });
  const accepted = (body: unknown): ApiResponse => ({ status: 202, body });
  const playbook = ({ part }: ApiCall) => playbooks.get(part('id'));
  return {
    'GET /api/library': () => ok(libraryOf(module)),
    'GET /api/live': ({ query }) => {
      const [id, cursors] = [query.get('playbook'), readCursors(query)];
      const shown = id === null ? undefined : playbooks.find(id);
      if (shown) onLook(shown.id);
      const live: Live = {
        nowMs: Date.now(),
        playbooks: playbooks.all().map((one) => one.summary()),
        tenant: tenant.controls,
        playbook: shown?.live(cursors) ?? null,
      };
      return ok(live);
    },
    'PATCH /api/tenant': async ({ body }) => ok(await tenant.change(readControls(body, TENANT))),
    'POST /api/playbooks': async ({ body }) => {
      const added = await playbooks.add(readAddition(body));
      return { status: 201, body: added.saved.picture() };
    },
    'GET /api/playbooks/:id': (call) => ok(playbook(call).saved.picture()),
    'PUT /api/playbooks/:id': async (call) => ok(await playbook(call).saved.change(readPlaybookChange(call.body))),
    'DELETE /api/playbooks/:id': async ({ part }) => {
      await playbooks.remove(part('id'));
      return { status: 204 };
    },
    'POST /api/playbooks/:id/simulated-tenant': async (call) => ok(await playbook(call).saved.useSimulatedTenant()),
    'POST /api/playbooks/:id/start': async ({ part }) => accepted(await playbooks.start(part('id'))),
    'POST /api/playbooks/:id/stop': (call) => accepted(playbook(call).stop()),
    'POST /api/playbooks/:id/kill': (call) => accepted(playbook(call).kill()),
    'PATCH /api/playbooks/:id/intake': (call) => ok(playbook(call).changeIntake(readControls(call.body, INTAKE))),
    'GET /api/playbooks/:id/events/:number': (call) => {
      const event = playbook(call).observations.events.detail(Number(call.part('number')));
      if (event === undefined) throw new HttpError(404, 'This event is kept no more: choose a later one.');
      return ok(event);
    },
  };
}

function libraryOf({ name, description, version, cards }: ModuleCards): Library {
  const triggers = [...cards.values()].map((card) => ({
    trigger: card.trigger,
    name: card.name,
    description: card.description,
  }));
  return { name, description, version, triggers };
}

function readCursors(query: URLSearchParams): Cursors {
  const cursor = (name: keyof Cursors): number => {
    const value = Number(query.get(name) ?? 0);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new HttpError(400, `${name} must be a number from 0: leave it out for everything.`);
  };
  return { eventsAfter: cursor('eventsAfter'), logsAfter: cursor('logsAfter'), samplesAfter: cursor('samplesAfter') };
}
