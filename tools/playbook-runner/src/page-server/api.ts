import { HttpError } from '@local/testbed';
import { Hono } from 'hono';
import { z } from 'zod';
import type { Library } from '../wire/playbook.js';
import type { ModuleCards } from '../cards/read-cards.js';
import type { Cursors } from '../observed/observations.js';
import type { Playbooks } from '../playbooks/playbooks.js';
import { MAX_ROWS_PER_HOUR, type SimulatedTenant } from '../simulation/simulated-tenant.js';
import type { Live } from '../wire/live.js';
import { type ModuleApiOptions, moduleRoutes } from './module-api.js';
import { bodyOf, controlsOf, type Env, noObject, SETTINGS_CHANGE } from './request-body.js';

const ADDITION = z.object(
  {
    trigger: z.string('trigger is no text: name a trigger of the library.'),
    name: z.string('name is no text: send text, or leave it out.').exactOptional(),
  },
  noObject('The body'),
);

const CHANGE = SETTINGS_CHANGE.extend({ name: z.string('name is no text: send the name of the playbook.') });

const truth = z.boolean('Send true or false.').exactOptional();

function upTo(max: number) {
  const message = `Send a number from 0 to ${max}.`;
  return z.number(message).min(0, message).max(max, message).exactOptional();
}

const INTAKE = z.strictObject({ faultShare: upTo(1), outage: truth }, noObject('The body'));
const TENANT = INTAKE.extend({ rowsPerHour: upTo(MAX_ROWS_PER_HOUR), lateShare: upTo(1) });

export interface ApiOptions extends ModuleApiOptions {
  readonly module: ModuleCards;
  readonly playbooks: Playbooks;
  readonly tenant: SimulatedTenant;
  /** Called with the id of a playbook that a page shows. */
  readonly onLook: (playbook: string) => void;
}

/** All that the page can ask for; `wire/` tells the shapes. */
export function apiRoutes(options: ApiOptions) {
  const { module, playbooks, tenant, onLook } = options;
  return new Hono<Env>()
    .route('/', moduleRoutes(options))
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
    .patch('/tenant', async (c) => c.json(await tenant.change(await controlsOf(c, TENANT))))
    .post('/playbooks', async (c) => {
      const added = await playbooks.add(await bodyOf(c, ADDITION));
      return c.json(added.saved.picture(), 201);
    })
    .get('/playbooks/:id', (c) => c.json(playbooks.get(c.req.param('id')).saved.picture()))
    .put('/playbooks/:id', async (c) => {
      const change = await bodyOf(c, CHANGE);
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
      const controls = await controlsOf(c, INTAKE);
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
