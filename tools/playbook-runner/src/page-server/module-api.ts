import { Hono } from 'hono';
import { z } from 'zod';
import type { AccountTests } from '../module/account-test.js';
import type { Actions } from '../module/actions.js';
import type { ConnectedAccount } from '../module/connected-account.js';
import type { AccountSettings, ActionRuns } from '../wire/module.js';
import { bodyOf, type Env, fields, noObject, SETTINGS_CHANGE } from './request-body.js';

export interface ModuleApiOptions {
  readonly account: ConnectedAccount;
  readonly accountTests: AccountTests;
  readonly actions: Actions;
}

const RUN = z.object({ arguments: fields('arguments') }, noObject('The body'));

/** The connected account and the actions; `wire/module.ts` tells the shapes. */
export function moduleRoutes({ account, accountTests, actions }: ModuleApiOptions) {
  const picture = (): AccountSettings => ({ ...account.picture(), test: accountTests.picture() });
  return new Hono<Env>()
    .get('/account', (c) => c.json(picture()))
    .put('/account', async (c) => {
      account.change(await bodyOf(c, SETTINGS_CHANGE));
      return c.json(picture());
    })
    .post('/account/simulated-tenant', (c) => {
      account.useSimulatedTenant();
      return c.json(picture());
    })
    .post('/account/test', async (c) => {
      await accountTests.start();
      return c.json(picture(), 202);
    })
    .get('/actions', (c) => c.json<ActionRuns>({ runs: actions.pictures() }))
    .get('/actions/:command', (c) => c.json(actions.picture(c.req.param('command'))))
    .get('/actions/:command/results', (c) => {
      const command = c.req.param('command');
      const results = actions.results(command);
      return c.json(results, 200, { 'Content-Disposition': `attachment; filename="${command}.json"` });
    })
    .post('/actions/:command/run', async (c) => {
      const { arguments: given } = await bodyOf(c, RUN);
      return c.json(await actions.run(c.req.param('command'), given), 202);
    })
    .post('/actions/:command/stop', (c) => c.json(actions.stop(c.req.param('command')), 202));
}
