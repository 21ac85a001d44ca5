import { describe, expect, test } from '@jest/globals';
import type { TriggerProcess } from '@local/playbook-runner';
import {
  alterPage,
  nextPageOf,
  startAlteringFront,
  type AlteringFront,
  type PassingAnswer,
} from '../../support/altering-front.js';
import { failureRun } from '../../support/failure-run.js';
import { entriesOf, messagesAt } from '../../support/log-entries.js';
import { allArrivedOnce, minute, second, type Scenario } from '../../support/scenario.js';

const wayNames = ['an account on the Reporting Web Service', 'an application on Microsoft Graph'] as const;

/** What stands between a service that works and the module. `number` counts the answers. */
type Attack = (answer: PassingAnswer, url: URL, number: number) => PassingAnswer;

const isToken = (url: URL) => url.pathname.includes('/oauth2/');
const refused = (answer: PassingAnswer, status: number): PassingAnswer => ({
  ...answer,
  status,
  body: '{"error":{"code":"No","message":"No."}}',
});

/** The service answers every question, or signs the module in, and yet nothing can be read. */
const attacks: Readonly<Record<string, Attack>> = {
  'HTTP 400 to everything': (answer, url) => (isToken(url) ? answer : refused(answer, 400)),
  'HTTP 401 to everything, with good tokens': (answer, url) => (isToken(url) ? answer : refused(answer, 401)),
  'a link to another host on every page': (answer) =>
    alterPage(answer, ({ rows }) => ({ rows, nextLink: 'https://attacker.example/next?page=2' })),
  'an empty page with a link, for ever': (answer, url, number) =>
    alterPage(answer, () => ({ rows: [], nextLink: nextPageOf(url, number) })),
  'the same link on every page': (answer, url) =>
    alterPage(answer, ({ rows }) => ({ rows, nextLink: nextPageOf(url, 1) })),
  'known rows with a link, for ever': (answer, url, number) =>
    alterPage(answer, ({ rows }) => ({ rows: rows.slice(number % 2), nextLink: nextPageOf(url, number) })),
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
  way: (typeof wayNames)[number],
  body: (scenario: Scenario, front: AlteringFront, trigger: TriggerProcess) => Promise<void>,
): Promise<void> {
  await failureRun({ way, seed: 33 }, async (scenario) => {
    const { simulator } = scenario;
    const now = Date.now();
    simulator.world.add({ rows: 200, from: now - 10 * minute, to: now });
    const front = await startAlteringFront(simulator.origin);
    try {
      const { api_url: apiUrl } = scenario.way.settings(simulator) as { api_url: string };
      const trigger = await scenario.start({ api_url: apiUrl.replace(simulator.origin, front.origin) });
      expect(await scenario.untilNoneIsMissing()).toMatchObject(allArrivedOnce);
      expect(await untilStatus(trigger, isOk, 10 * second)).toMatchObject({ status: 'ok', reasons: [] });
      await body(scenario, front, trigger);
    } finally {
      await front.close();
    }
  });
}

describe.each(wayNames)('while nothing can be read, on the way of %s', (way) => {
  test.concurrent.each(Object.keys(attacks))(
    'the status says so, and the service is hardly asked: %s [F-05]',
    async (name) => {
      await throughAFront(way, async (scenario, front, trigger) => {
        const attack = attacks[name]!;
        let answers = 0;
        // As Microsoft's services take at least: what is asked between two looks at the status is little then.
        scenario.service.options.latencyMs = 100;
        const before = front.askedAtMs.length;
        const startMs = Date.now();
        front.alter = (answer, url) => attack(answer, url, (answers += 1));
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
        process.stdout.write(`${way}, ${name}: told after ${requestsUntilTold} requests; ${requests} in 20 s\n`);

        front.alter = (answer) => answer;
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

describe.each(wayNames)('a service that asks to be left alone, on the way of %s', (way) => {
  const asksFor =
    (value: string, status = 503): AlteringFront['alter'] =>
    (answer, url) =>
      isToken(url) ? answer : { ...refused(answer, status), headers: { ...answer.headers, 'retry-after': value } };

  test.concurrent.each([
    ['5', 503],
    ['600', 503],
    ['600', 429],
    ['86400', 429],
  ] as const)(
    'is reported at once, with the time of the next request: Retry-After %s, %i [F-04]',
    async (value, status) => {
      await throughAFront(way, async (_scenario, front, trigger) => {
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
    await throughAFront(way, async (scenario, front, trigger) => {
      let isDone = false;
      front.alter = (answer, url) => {
        if (isDone || isToken(url)) return answer;
        isDone = true;
        return asksFor('86400')(answer, url);
      };
      await untilStatus(trigger, isNotOk, 30 * second);
      const startMs = Date.now();
      scenario.simulator.world.add({ rows: 100, from: startMs - 5 * second, to: startMs });
      expect(await scenario.untilNoneIsMissing(140 * second)).toMatchObject(allArrivedOnce);
      process.stdout.write(`${way}: after a stray day of Retry-After, mail came in ${Date.now() - startMs} ms\n`);
      expect(await untilStatus(trigger, isOk, 30 * second)).toMatchObject({ status: 'ok', reasons: [] });
      const warnings = entriesOf(scenario.output).filter(({ level }) => level === 'warning');
      expect(warnings.map(({ message }) => message)).toEqual([
        expect.stringMatching(
          /It asks for a pause: the next request is made at .* Nothing is lost\. \[MT-UNAVAILABLE\]$/,
        ),
      ]);
    });
  });
});
