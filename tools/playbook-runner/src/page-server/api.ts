import { HttpError } from '@local/testbed';
import { InvalidSettingsError } from '../playbooks/stored-playbook.js';
import type { Library, PlaybookChange, Problem } from '../wire/playbook.js';
import type { ModuleCards } from '../cards/read-cards.js';
import type { Cursors } from '../observed/observations.js';
import type { Playbooks } from '../playbooks/playbooks.js';
import { MAX_ROWS_PER_HOUR, type SimulatedTenant } from '../simulation/simulated-tenant.js';
import type { IntakeControls, Live, TenantControls } from '../wire/live.js';

type Fields = Readonly<Record<string, unknown>>;

/** @throws {HttpError} 400 where the text is no JSON object. */
export function parseFields(body: string): Fields {
  try {
    return asFields(JSON.parse(body === '' ? '{}' : body), 'The body');
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, 'The body is no JSON: send an object.');
  }
}

/** @throws {HttpError} 400 where it is of another shape. */
function readAddition(body: Fields): { readonly trigger: string; readonly name?: string } {
  const { trigger, name } = body;
  if (typeof trigger !== 'string') throw new HttpError(400, 'trigger is no text: name a trigger of the library.');
  if (name === undefined) return { trigger };
  if (typeof name !== 'string') throw new HttpError(400, 'name is no text: send text, or leave it out.');
  return { trigger, name };
}

/** @throws {HttpError} 400 where it is of another shape. What the settings are is checked by the card. */
function readPlaybookChange(body: Fields): PlaybookChange {
  const { name } = body;
  if (typeof name !== 'string') throw new HttpError(400, 'name is no text: send the name of the playbook.');
  const settings = asFields(body['settings'], 'settings');
  const secrets = asFields(body['secrets'], 'secrets');
  if (Object.values(secrets).some((secret) => secret !== null && typeof secret !== 'string')) {
    throw new HttpError(400, 'A secret is no text: send text to replace it, null to forget it.');
  }
  return { name, settings, secrets: secrets as PlaybookChange['secrets'] };
}

/** What each control may be. */
type ControlShapes<Controls> = Readonly<Record<keyof Controls, 'truth' | { readonly max: number }>>;

/**
 * Some of the controls.
 *
 * @throws {HttpError} 422 naming each field that is unknown or out of bounds.
 */
function readControls<Controls>(body: Fields, shapes: ControlShapes<Controls>): Partial<Controls> {
  const problems = Object.entries(body).flatMap(([name, value]): Problem[] => {
    const shape = Object.hasOwn(shapes, name) ? shapes[name as keyof Controls] : undefined;
    const message = describeProblem(value, shape);
    return message === undefined ? [] : [{ setting: name, message }];
  });
  if (problems.length > 0) throw new InvalidSettingsError('Some of it is out of bounds: correct it.', problems);
  return body as Partial<Controls>;
}

function describeProblem(value: unknown, shape: 'truth' | { readonly max: number } | undefined): string | undefined {
  if (shape === undefined) return 'There is no such control: leave it out.';
  if (shape === 'truth') return typeof value === 'boolean' ? undefined : 'Send true or false.';
  const isWithin = typeof value === 'number' && value >= 0 && value <= shape.max;
  return isWithin ? undefined : `Send a number from 0 to ${shape.max}.`;
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new HttpError(400, `${what} is no JSON object: send one.`);
}

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
