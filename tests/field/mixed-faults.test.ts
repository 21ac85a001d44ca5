import { readFile } from 'node:fs/promises';
import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { type IntakeFault, type SignInScenarioName } from '@local/testbed';
import { entriesOf, messagesAt } from '../support/log-entries.js';
import { allArrivedOnce, hour, minute, Scenario, second } from '../support/scenario.js';

const ROWS = 20_000;
const SEEDS = [1, 2, 3, 4, 5];
const SIGN_IN: readonly SignInScenarioName[] = [
  'an account on the Reporting Web Service',
  'an application on Microsoft Graph',
];
/** What is wanted is a minute; a machine that does other things meanwhile needs longer. */
const MAX_MS = 3 * minute;
const CLOCK_OFF_MS = 3 * minute;
/** The kernel's clock ticks in a second, in which it counts processor time. */
const TICKS_PER_SECOND = 100;

// Longer than a test waits for rows: a failure then says how far it came.
jest.setTimeout(2 * MAX_MS);

/** In hundredths of all requests. */
type Mix<Kind extends string> = Readonly<Partial<Record<Kind, number>>>;

/** A kind that is named twice comes twice as often. */
function spread<Kind extends string>(mix: Mix<Kind>): { share: number; kinds: Kind[] } {
  const kinds = Object.entries<number | undefined>(mix).flatMap(([kind, hundredths = 0]) =>
    new Array<Kind>(hundredths).fill(kind as Kind),
  );
  return { share: kinds.length / 100, kinds };
}

const badDay = spread({
  'http-500': 8,
  'http-503': 4,
  'http-429': 6,
  'reset-before-answer': 6,
  'cut-off-json': 6,
  'html-with-200': 4,
});
/** None of them stores anything: a repeat would be the module's. */
const badDayOfTheIntake = spread<IntakeFault>({
  '500': 8,
  '503': 4,
  '429': 6,
  'reset-before-reading': 3,
  'reset-after-reading': 3,
  'cut-off-json': 6,
  html: 4,
});
const stray = spread({ 'html-with-200': 12, 'http-401': 5 });

let scenario: Scenario;
afterEach(() => scenario.close());

async function open(
  signInScenario: SignInScenarioName,
  seed: number,
  intake = { share: 0, kinds: [] as IntakeFault[] },
): Promise<void> {
  scenario = await Scenario.open({
    signInScenario,
    seed,
    faultSeed: seed,
    // Small pages, so that there are enough requests to fail.
    service: { pageRows: 500 },
    graph: { quotaRequests: 100, pageRows: 1000 },
    intake: { faults: { ...intake, seed } },
  });
}

/**
 * Seconds of processor time that a process has used, of its own and in the kernel; NaN where the system does not say.
 */
async function processorSeconds(pid: number | undefined): Promise<{ user: number; system: number }> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name in parentheses may hold blanks: the 14th and 15th field are the 12th and 13th after it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const secondsOf = (field: number) => Number(fields[field] ?? NaN) / TICKS_PER_SECOND;
  return { user: secondsOf(11), system: secondsOf(12) };
}

/** Lets the trigger collect an hour of mail, asserts that all of it arrived once, and prints how long that took. */
async function collectAnHour(title: string, clockOffsetMs = 0): Promise<void> {
  scenario.setServiceClock(clockOffsetMs);
  const now = scenario.service.nowMs();
  scenario.simulator.world.add({ rows: ROWS, from: now - hour + minute, to: now });
  const startedAt = Date.now();
  // The quota is the real one: a refusal for it slows down what comes after it.
  const trigger = await scenario.start({
    frequency: 60,
    ...(scenario.signInScenario.api === 'graph' && { max_requests_per_5_minutes: undefined }),
  });
  await scenario.intake.until(({ events }) => events >= ROWS, { withinMs: MAX_MS }).catch(() => undefined);
  const seconds = (Date.now() - startedAt) / second;
  const processor = await processorSeconds(trigger.pid);
  const report = await scenario.report();
  const { requests, byResult } = scenario.service.requests.totals;
  const intake = scenario.intake.totals();
  process.stdout.write(
    `${title}, on the way of ${scenario.signInScenario.dockerParameters}: ${seconds.toFixed(1)} s, ` +
      `processor ${processor.user.toFixed(1)} s user and ${processor.system.toFixed(1)} s system, missing ${report.missing}, ` +
      `repeated ${report.repeated}, ${requests} requests ${JSON.stringify(byResult)}, intake ${intake.requests} ` +
      `${JSON.stringify(intake.results)}, critical ${messagesAt('critical', scenario.output).length}\n`,
  );
  if (process.env['FIELD_LOG'])
    process.stdout.write(scenario.output.map((line) => `    ${line.slice(0, 400)}\n`).join(''));
  expect(report).toMatchObject({ ...allArrivedOnce, visible: ROWS });
  expect(messagesAt('critical', scenario.output)).toEqual([]);
}

describe.each(SIGN_IN)('20,000 rows of an hour arrive once and soon, on the way of %s,', (signInScenario) => {
  test.each(SEEDS)('with 34 %% of the answers of either side failing, seed %i', async (seed) => {
    await open(signInScenario, seed, badDayOfTheIntake);
    scenario.service.faults.failAtRandom(badDay);
    if (scenario.signInScenario.api === 'graph') scenario.simulator.tokenService.faults.failAtRandom(badDay);
    await collectAnHour(`mixed faults, seed ${seed}`);
  });

  test.each(SEEDS)('with 12 %% stray HTML and 5 %% stray 401, seed %i', async (seed) => {
    await open(signInScenario, seed);
    scenario.service.faults.failAtRandom(stray);
    await collectAnHour(`stray answers, seed ${seed}`);
  });

  test.each([CLOCK_OFF_MS, -CLOCK_OFF_MS])(
    'with the clock of the service %i ms off and either mix',
    async (offsetMs) => {
      await open(signInScenario, 1, badDayOfTheIntake);
      scenario.service.faults.failAtRandom(badDay);
      await collectAnHour(`mixed faults, clock ${offsetMs / second} s off`, offsetMs);
      await scenario.close();
      await open(signInScenario, 2);
      scenario.service.faults.failAtRandom(stray);
      await collectAnHour(`stray answers, clock ${offsetMs / second} s off`, offsetMs);
    },
  );
});

describe('a password that changes while stray answers come', () => {
  test.each(SIGN_IN)('is critical within 15 s of the first refusal, on the way of %s', async (signInScenario) => {
    scenario = await Scenario.open({ signInScenario, faultSeed: 1, tokenService: { tokenLifetimeSeconds: 2 } });
    scenario.service.faults.failAtRandom(stray);
    const { simulator, service } = scenario;
    const now = Date.now();
    simulator.world.add({ rows: 2000, from: now - hour + minute, to: now });
    await scenario.start();
    await scenario.intake.until(({ events }) => events >= 2000, { withinMs: MAX_MS });
    expect(messagesAt('critical', scenario.output)).toEqual([]);

    const refused =
      scenario.signInScenario.api === 'graph'
        ? simulator.tokenService.requests.next(({ status }) => status === 401)
        : service.requests.next(({ result }) => result === 'refused');
    simulator.server.options.accountPassword = 'changed since';
    simulator.tokenService.options.clientSecret = 'changed since';
    await refused;
    const refusedAt = Date.now();
    while (messagesAt('critical', scenario.output).length === 0 && Date.now() - refusedAt < MAX_MS)
      await new Promise((resolve) => setTimeout(resolve, 50));
    const [critical] = entriesOf(scenario.output).filter(({ level }) => level === 'critical');
    const seconds = (critical!.atMs - refusedAt) / second;
    process.stdout.write(
      `changed password, ${signInScenario}: critical after ${seconds.toFixed(1)} s: ${critical!.message}\n`,
    );
    expect(critical?.message).toContain('[MT-SETTINGS]');
    // Three seconds of waits; the rest is for a machine that is busy.
    expect(seconds).toBeLessThan(15);
  });
});
