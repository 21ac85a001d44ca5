import { readFile } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from '@jest/globals';
import { type SignInScenarioName } from '@local/testbed';
import fc from 'fast-check';
import { badResponseOf, wire } from '../support/arbitrary-response.js';
import { rowOfEvent } from '../support/expected-event.js';
import { HostileFront } from '../support/hostile-front.js';
import { hour, minute, Scenario, second } from '../support/scenario.js';

const mebibyte = 1024 * 1024;

/** Little on the way, and more than a process could hold: two gibibytes of blanks, and ten million values. */
const bombs = [
  Buffer.concat(Array<Buffer>(128).fill(gzipSync(Buffer.alloc(16 * mebibyte, ' ')))),
  gzipSync(`{"x":[${'{},'.repeat(10 * mebibyte)}{}]}`),
].map((body) => wire({ status: 200, headers: [['Content-Encoding', 'gzip']], body }));

/** Statuses that ask for a person are left out: they are waited out for minutes. */
const rubbishOfMicrosoft = badResponseOf(fc.constantFrom(200, 204, 400, 408, 429, 500, 503, 999));
/** Statuses that refuse events are left out: they would be believed. */
const rubbishOfTheIntake = badResponseOf(fc.constantFrom(200, 204, 302, 401, 404, 408, 425, 429, 500, 503, 999));

/** Trace id, recipient and status of an event. */
function nameOf(event: string): string {
  const fields = JSON.parse(event) as Record<string, unknown>;
  return `${rowOfEvent(fields)} ${String(fields['Status'] ?? fields['status'])}`.toLowerCase();
}

function countInto(counts: Map<string, number>, events: readonly string[]): void {
  for (const name of events.map(nameOf)) counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** The most memory that a process has ever held, in bytes (VmHWM; Linux only). */
async function peakResidentBytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}

/** Until each front has answered in each of its ways more than once, so that it has sent its bombs, or for so long. */
async function untilAllWasTried(fronts: readonly HostileFront[], withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  const isTried = (front: HostileFront) => front.kinds.every((kind) => front.done[kind] > 1);
  do await new Promise((resolve) => setTimeout(resolve, 100));
  while (!fronts.every(isTried) && Date.now() < deadline);
}

test.concurrent.each<[SignInScenarioName]>([
  ['an account on the Reporting Web Service'],
  ['an application on Microsoft Graph'],
])(
  'while either side answers with anything, bombs and all, the process of %s lives in bounded memory; afterwards nothing is missing, and only what was acknowledged with rubbish is there twice',
  async (signInScenario) => {
    const stored = new Map<string, number>();
    const servedInVain = new Map<string, number>();
    const scenario = await Scenario.open({
      signInScenario,
      seed: 6,
      // Many requests, so that there is much to answer with rubbish.
      service: { pageRows: 500 },
      graph: { pageRows: 500 },
      tokenService: { tokenLifetimeSeconds: 5 },
      onEvents: (events) => countInto(stored, events),
    });
    const { simulator, intake } = scenario;
    const microsoft = await HostileFront.open(simulator.origin, {
      seed: 6,
      kinds: ['instead', 'instead', 'cut off', 'mixed'],
      rubbish: rubbishOfMicrosoft,
      bombs,
    });
    const sekoia = await HostileFront.open(intake.url, {
      seed: 6,
      kinds: ['instead', 'afterwards', 'cut off'],
      rubbish: rubbishOfTheIntake,
      bombs,
      onServedInVain: (body) => {
        const { jsons } = JSON.parse(gunzipSync(body).toString()) as { jsons: string[] };
        countInto(servedInVain, jsons);
      },
    });
    try {
      const now = Date.now();
      simulator.world.add({ rows: 3000, from: now - hour + minute, to: now });
      const mail = simulator.world.live({ rowsPerHour: 18_000, from: now });
      const { api_url, authority_url } = scenario.signInScenario.settings(simulator) as Record<
        string,
        string | undefined
      >;
      microsoft.share = 0.5;
      sekoia.share = 0.25;
      const trigger = await scenario.start({
        chunk_size: 100,
        api_url: microsoft.urlFor(api_url!),
        ...(authority_url !== undefined && { authority_url: microsoft.urlFor(authority_url) }),
        intake_server: sekoia.urlFor(intake.url),
      });
      await untilAllWasTried([microsoft, sekoia], 40 * second);
      microsoft.share = sekoia.share = 0;
      mail.stop();
      expect(await scenario.untilNoneIsMissing(90 * second)).toMatchObject({ missing: 0 });
      await scenario.untilAsked(3);

      const rows = [...simulator.world.visibleRows(Date.now())];
      const names = rows.map(({ traceId, recipient, status }) => `${traceId} ${recipient} ${status}`.toLowerCase());
      const tooOften = names.filter((name) => (stored.get(name) ?? 0) > 1 + (servedInVain.get(name) ?? 0));
      expect(tooOften).toEqual([]);
      for (const { kinds, done } of [microsoft, sekoia]) {
        expect(kinds.filter((kind) => done[kind] < 2)).toEqual([]);
      }
      const peak = await peakResidentBytes(trigger.pid!);
      expect(peak).toBeLessThan(300 * mebibyte);
      // It never ended: the first process is the one that stops.
      expect(await trigger.stop()).toMatchObject({ exitCode: 0 });
      expect(scenario.output.join('\n')).not.toMatch(/"The trigger failed|Unhandled|unexpected/);
    } finally {
      await Promise.all([microsoft.close(), sekoia.close()]);
      await scenario.close();
    }
  },
);
