import type { HttpBindings } from '@hono/node-server';
import { HttpError, readBody } from '@local/testbed';
import { type Context, Hono } from 'hono';
import { InvalidSettingsError } from '../playbooks/stored-playbook.js';
import type { Library, PlaybookChange, Problem } from '../wire/playbook.js';
import type { ModuleCards } from '../cards/read-cards.js';
import type { Cursors } from '../observed/observations.js';
import type { Playbooks } from '../playbooks/playbooks.js';
import { MAX_ROWS_PER_HOUR, type SimulatedTenant } from '../simulation/simulated-tenant.js';
import type { IntakeControls, Live, TenantControls } from '../wire/live.js';

type Fields = Readonly<Record<string, unknown>>;

/** @throws {HttpError} 400 where the text is no JSON object. */
function parseFields(body: string): Fields {
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

interface Env {
  Bindings: HttpBindings;
}

const TENANT: ControlShapes<TenantControls> = {
  rowsPerHour: { max: MAX_ROWS_PER_HOUR },
  lateShare: { max: 1 },
  faultShare: { max: 1 },
  outage: 'truth',
};
const INTAKE: ControlShapes<IntakeControls> = { faultShare: { max: 1 }, outage: 'truth' };

const MAX_BODY_BYTES = 256 * 1024;

async function bodyOf({ env }: Context<Env>): Promise<Fields> {
  return parseFields(await readBody(env.incoming, { maxBytes: MAX_BODY_BYTES, acceptGzip: false }));
}

/** All that the page can ask for; `wire/` tells the shapes. */
export function apiRoutes({ module, playbooks, tenant, onLook }: ApiOptions) {
  return new Hono<Env>()
    .get('/library', (c) => c.json(libraryOf(module)))
    .get('/live', (c) => {
      const [id, cursors] = [c.req.query('playbook'), readCursors(c.req.query())];
      const shown = id === undefined ? undefined : playbooks.find(id);
      if (shown) onLook(shown.id);
      const live: Live = {
        nowMs: Date.now(),
        playbooks: playbooks.all().map((one) => one.summary()),
        tenant: tenant.controls,
        playbook: shown?.live(cursors) ?? null,
      };
      return c.json(live);
    })
    .patch('/tenant', async (c) => c.json(await tenant.change(readControls(await bodyOf(c), TENANT))))
    .post('/playbooks', async (c) => {
      const added = await playbooks.add(readAddition(await bodyOf(c)));
      return c.json(added.saved.picture(), 201);
    })
    .get('/playbooks/:id', (c) => c.json(playbooks.get(c.req.param('id')).saved.picture()))
    .put('/playbooks/:id', async (c) => {
      const change = readPlaybookChange(await bodyOf(c));
      return c.json(await playbooks.get(c.req.param('id')).saved.change(change));
    })
    .delete('/playbooks/:id', async (c) => {
      await playbooks.remove(c.req.param('id'));
      return c.body(null, 204);
    })
    .post('/playbooks/:id/simulated-tenant', async (c) =>
      c.json(await playbooks.get(c.req.param('id')).saved.useSimulatedTenant()),
    )
    .post('/playbooks/:id/start', async (c) => c.json(await playbooks.start(c.req.param('id')), 202))
    .post('/playbooks/:id/stop', (c) => c.json(playbooks.get(c.req.param('id')).stop(), 202))
    .post('/playbooks/:id/kill', (c) => c.json(playbooks.get(c.req.param('id')).kill(), 202))
    .patch('/playbooks/:id/intake', async (c) => {
      const controls = readControls(await bodyOf(c), INTAKE);
      return c.json(playbooks.get(c.req.param('id')).changeIntake(controls));
    })
    .get('/playbooks/:id/events/:number', (c) => {
      const { id, number } = c.req.param();
      const event = playbooks.get(id).observations.events.detail(Number(number));
      if (event === undefined) throw new HttpError(404, 'This event is kept no more: choose a later one.');
      return c.json(event);
    });
}

function libraryOf({ name, description, version, cards }: ModuleCards): Library {
  const triggers = [...cards.values()].map((card) => ({
    trigger: card.trigger,
    name: card.name,
    description: card.description,
  }));
  return { name, description, version, triggers };
}

function readCursors(query: Readonly<Record<string, string>>): Cursors {
  const cursor = (name: keyof Cursors): number => {
    const value = Number(query[name] ?? 0);
    if (Number.isFinite(value) && value >= 0) return value;
    throw new HttpError(400, `${name} must be a number from 0: leave it out for everything.`);
  };
  return { eventsAfter: cursor('eventsAfter'), logsAfter: cursor('logsAfter'), samplesAfter: cursor('samplesAfter') };
}
