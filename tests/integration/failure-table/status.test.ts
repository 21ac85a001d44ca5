import { describe, expect, test } from '@jest/globals';
import type { TriggerProcess } from '@local/testbed';
import {
  alterPage,
  nextPageOf,
  startAlteringFront,
  type AlteringFront,
  type PassingResponse,
} from '../../support/altering-front.js';
import { failureRun } from '../../support/failure-run.js';
import { lives } from '../../support/lives.js';
import { entriesOf, messagesAt } from '../../support/log-entries.js';
import { allArrivedOnce, minute, second, type Scenario } from '../../support/scenario.js';

const signInScenarioNames = ['an account on the Reporting Web Service', 'an application on Microsoft Graph'] as const;

/** What stands between a service that works and the module. `number` counts the answers. */
type Attack = (response: PassingResponse, url: URL, number: number) => PassingResponse;

const isToken = (url: URL) => url.pathname.includes('/oauth2/');
const refused = (response: PassingResponse, status: number): PassingResponse => ({
  ...response,
  status,
  body: '{"error":{"code":"No","message":"No."}}',
});

/** The service answers every question, or signs the module in, and yet nothing can be read. */
const attacks: Readonly<Record<string, Attack>> = {
  'HTTP 400 to everything': (response, url) => (isToken(url) ? response : refused(response, 400)),
  'HTTP 401 to everything, with good tokens': (response, url) => (isToken(url) ? response : refused(response, 401)),
  'a link to another host on every page': (response) =>
    alterPage(response, ({ rows }) => ({ rows, nextLink: 'https://attacker.example/next?page=2' })),
  'an empty page with a link, for ever': (response, url, number) =>
    alterPage(response, () => ({ rows: [], nextLink: nextPageOf(url, number) })),
  'the same link on every page': (response, url) =>
    alterPage(response, ({ rows }) => ({ rows, nextLink: nextPageOf(url, 1) })),
  'known rows with a link, for ever': (response, url, number) =>
    alterPage(response, ({ rows }) => ({ rows: rows.slice(number % 2), nextLink: nextPageOf(url, number) })),
};

interface Seen {
  readonly status: string;
  readonly reasons: readonly { readonly matter: string; readonly reason: string }[];
}

async function health(trigger: TriggerProcess): Promise<Seen> {
  return (await trigger.health()).body as unknown as Seen;
}

/** The first status that is as it should be; the last one where that takes too long. */
async function untilStatus(trigger: TriggerProcess, accepts: (seen: Seen) => boolean, withinMs: number): Promise<Seen> {
  for (const endMs = Date.now() + withinMs; ;) {
    const seen = await health(trigger);
    if (accepts(seen) || Date.now() > endMs) return seen;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

const isOk = ({ status }: Seen) => status === 'ok';
const isNotOk = ({ status }: Seen) => status !== 'ok';

/** Lets the module read 200 rows through a front, and hands it over once it is at rest. */
async function throughAFront(
  signInScenario: (typeof signInScenarioNames)[number],
  body: (scenario: Scenario, front: AlteringFront, trigger: TriggerProcess) => Promise<void>,
): Promise<void> {
  await failureRun({ signInScenario, seed: 33 }, async (scenario) => {
    const { simulator } = scenario;
    const now = Date.now();
    simulator.world.add({ rows: 200, from: now - 10 * minute, to: now });
    const front = await startAlteringFront(simulator.origin);
    try {
      const { api_url: apiUrl } = scenario.signInScenario.settings(simulator) as { api_url: string };
      const trigger = await scenario.start({ api_url: apiUrl.replace(simulator.origin, front.origin) });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(await untilStatus(trigger, isOk, 10 * second)).toMatchObject({ status: 'ok', reasons: [] });
      await body(scenario, front, trigger);
    } finally {
      await front.close();
    }
  });
}

describe.each(lives(signInScenarioNames))('while nothing can be read, on the way of %s', (signInScenario) => {
  test.concurrent.each(Object.keys(attacks))(
    'the status says so, and the service is hardly asked: %s [F-05]',
    async (name) => {
      await throughAFront(signInScenario, async (scenario, front, trigger) => {
        const attack = attacks[name]!;
        let responses = 0;
        // As Microsoft's services take at least: what is asked between two looks at the status is little then.
        scenario.service.options.latencyMs = 100;
        const before = front.askedAtMs.length;
        const startMs = Date.now();
        front.alter = (response, url) => attack(response, url, (responses += 1));
        const seen = await untilStatus(trigger, isNotOk, 30 * second);
        const requestsUntilTold = front.askedAtMs.length - before;
        expect(seen.status).not.toBe('ok');
        expect(seen.reasons[0]?.reason).toMatch(/\.$/);
        // What may be asked at once, and what was on its way.
        expect(requestsUntilTold).toBeLessThanOrEqual(60);
        await new Promise((resolve) => setTimeout(resolve, 20 * second));
        const requests = front.askedAtMs.length - before;
        expect(requests).toBeLessThanOrEqual(110 + (Date.now() - startMs) / second);
        expect(await health(trigger)).not.toMatchObject({ status: 'ok' });
        process.stdout.write(
          `${signInScenario}, ${name}: told after ${requestsUntilTold} requests; ${requests} in 20 s\n`,
        );

        front.alter = (response) => response;
        scenario.simulator.world.add({ rows: 100, from: Date.now() - 5 * second, to: Date.now() });
        expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
        expect(await untilStatus(trigger, isOk, 30 * second)).toMatchObject({ status: 'ok', reasons: [] });
        await scenario.untilAsked(3);
        expect(await scenario.report()).toMatchObject(allArrivedOnce);
        // Nothing was taken for time that cannot be read.
        expect(messagesAt('error', scenario.output).filter((it) => !it.endsWith('[MT-FOREIGN-LINK]'))).toEqual([]);
      });
    },
  );
});

describe.each(lives(signInScenarioNames, 1))(
  'a service that asks to be left alone, on the way of %s',
  (signInScenario) => {
    const asksFor =
      (value: string, status = 503): AlteringFront['alter'] =>
      (response, url) =>
        isToken(url)
          ? response
          : { ...refused(response, status), headers: { ...response.headers, 'retry-after': value } };

    test.concurrent.each([
      ['5', 503],
      ['600', 503],
      ['600', 429],
      ['86400', 429],
    ] as const)(
      'is reported at once, with the time of the next request: Retry-After %s, %i [F-04]',
      async (value, status) => {
        await throughAFront(signInScenario, async (_scenario, front, trigger) => {
          const before = front.askedAtMs.length;
          front.alter = asksFor(value, status);
          const seen = await untilStatus(trigger, isNotOk, 30 * second);
          const [reason, ...others] = seen.reasons;
          expect(others).toEqual([]);
          expect(reason?.matter).toBe('reading');
          const [, at = ''] = /It asks for a pause: the next request is made at (\S+ \S+) UTC\.$/.exec(reason!.reason)!;
          const waitMs = Date.parse(`${at.replace(' ', 'T')}Z`) - front.askedAtMs.at(-1)!;
          // None where it was on its way already.
          expect(front.askedAtMs.length - before).toBeLessThanOrEqual(1);
          expect(waitMs).toBeGreaterThan(Math.min(Number(value), 120) * second - 2 * second);
          expect(waitMs).toBeLessThanOrEqual(120 * second + second);
        });
      },
    );

    test.concurrent('once, by mistake, and for a day: live mail is late by two minutes at most [F-04]', async () => {
      await throughAFront(signInScenario, async (scenario, front, trigger) => {
        let isDone = false;
        front.alter = (response, url) => {
          if (isDone || isToken(url)) return response;
          isDone = true;
          return asksFor('86400')(response, url);
        };
        await untilStatus(trigger, isNotOk, 30 * second);
        const startMs = Date.now();
        scenario.simulator.world.add({ rows: 100, from: startMs - 5 * second, to: startMs });
        expect(await scenario.untilNoneIsMissing(140 * second)).toMatchObject(allArrivedOnce);
        process.stdout.write(
          `${signInScenario}: after a stray day of Retry-After, mail came in ${Date.now() - startMs} ms\n`,
        );
        expect(await untilStatus(trigger, isOk, 30 * second)).toMatchObject({ status: 'ok', reasons: [] });
        const warnings = entriesOf(scenario.output).filter(({ level }) => level === 'warning');
        expect(warnings.map(({ message }) => message)).toEqual([
          expect.stringMatching(
            /It asks for a pause: the next request is made at .* Nothing is lost\. \[MT-UNAVAILABLE\]$/,
          ),
        ]);
      });
    });
  },
);
