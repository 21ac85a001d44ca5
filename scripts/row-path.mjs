// Lists the source files that one row passes, from the HTTP answer to its acknowledgement and what is remembered of it.
//   npm run build:code && npm run structure -- --row-path
// The built module reads the test bed, a few times with one row and a few times with none. V8 counts the calls of each
// function. A file counts where one of its functions was called more often with the row, in every run.
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { MailWorld, startIntake, startPlatform, startSimulator, TriggerProcess } from '@local/testbed';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
/** The target of the redesign. */
const TARGET = 20;
/** Timers and heartbeats differ from run to run by a call or two. */
const RUNS = 3;
/** Answers are held back for so long. The module waits meanwhile, and the counters are cut. */
const HELD_MS = 1_000;
/** Until what was acknowledged is written down. */
const SETTLE_MS = 3_000;
const MINUTE_MS = 60_000;
const CUT = "import v8 from 'node:v8'; process.on('SIGUSR2', () => v8.takeCoverage());";
const ids = { tenantId: '3f6b2c1e-8d47-4b5a-9c20-7e1f5a9d4c36', clientId: 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14' };
const clientSecret = 'secret-of-the-simulated-application';
const intakeKey = 'key-of-the-simulated-intake';

/**
 * How often each function of the project was called while the module read so many rows, by `file:name:offset`: until
 * the page is answered, until its event is at the intake, and from then on.
 */
async function callsWith(rows) {
  const [dataFolder, coverage] = await Promise.all(['data-', 'calls-'].map((name) => mkdtemp(join(tmpdir(), name))));
  const world = new MailWorld({ seed: 1, organization: 'example.onmicrosoft.com', domain: 'example.corp' });
  const tokenService = { ...ids, clientSecret };
  const { graph, ...simulator } = await startSimulator({ world, graph: { latencyMs: HELD_MS }, tokenService });
  const intake = await startIntake({ intakeKey, slowMs: HELD_MS });
  intake.faults.failNext('slow');
  const platform = await startPlatform({ token: 'token' });
  const nowMs = Date.now();
  if (rows > 0) world.add({ rows, from: nowMs - 20 * MINUTE_MS, to: nowMs - 10 * MINUTE_MS });
  try {
    const trigger = await TriggerProcess.start({
      modulePath: join(ROOT, 'dist/module/main.js'),
      dockerParameters: 'message_trace_graph',
      configuration: {
        tenant_id: ids.tenantId,
        client_id: ids.clientId,
        client_secret: clientSecret,
        api_url: simulator.graphUrl,
        authority_url: simulator.authorityUrl,
        intake_key: intakeKey,
        intake_server: intake.url,
        // One poll: a second one would add to the counts.
        frequency: 3_600,
      },
      dataFolder,
      token: 'token',
      urlCallback: platform.callbackUrl,
      nodeArguments: ['--import', `data:text/javascript,${encodeURIComponent(CUT)}`],
      environment: { NODE_V8_COVERAGE: coverage },
    });
    await graph.requests.nth(1);
    process.kill(trigger.pid, 'SIGUSR2');
    await (rows > 0 ? intake.until(({ events }) => events >= rows, { withinMs: MINUTE_MS }) : sleep(2 * HELD_MS));
    process.kill(trigger.pid, 'SIGUSR2');
    await sleep(SETTLE_MS);
    await trigger.stop();
    const { events } = intake.totals();
    if (events !== rows) throw new Error(`The intake got ${events} events of ${rows} rows. Nothing can be compared.`);
    return await callsIn(coverage);
  } finally {
    await Promise.all([simulator.close(), intake.close(), platform.close()]);
    for (const folder of [dataFolder, coverage]) await rm(folder, { recursive: true, force: true });
  }
}

async function callsIn(folder) {
  const calls = new Map();
  // The names have the time.
  for (const [order, name] of (await readdir(folder)).sort().entries()) {
    const { result } = JSON.parse(await readFile(join(folder, name), 'utf8'));
    for (const { url, functions } of result) {
      const path = url.startsWith('file:') ? relative(ROOT, fileURLToPath(url)) : '';
      if (!/^(?:packages\/[^/]+\/)?dist\//.test(path)) continue;
      const source = path
        .replace(/^dist\//, '')
        .replace('/dist/', '/src/')
        .replace(/js$/, 'ts');
      for (const { functionName, ranges } of functions) {
        const [{ startOffset, count }] = ranges;
        // To load a file is not to pass it.
        if (startOffset === 0) continue;
        const key = `${source}:${functionName}:${startOffset}`;
        const counts = calls.get(key) ?? [0, 0, 0];
        counts[Math.min(order, counts.length - 1)] += count;
        calls.set(key, counts);
      }
    }
  }
  return calls;
}

const [withRow, without] = [[], []];
for (let run = 0; run < RUNS; run += 1) {
  without.push(await callsWith(0));
  withRow.push(await callsWith(1));
}
const keys = [...new Set(withRow.flatMap((calls) => [...calls.keys()]))];
const least = (runs, key, count) => Math.min(...runs.map((calls) => count(calls.get(key) ?? [0, 0, 0])));
const isMore = (key, count) => least(withRow, key, count) > -least(without, key, (counts) => -count(counts));
const passed = keys.filter((key) => isMore(key, ([, until, after]) => until + after));
const filesOf = (some) => [...new Set(some.map((key) => key.slice(0, key.indexOf(':'))))].sort();
const before = filesOf(passed.filter((key) => isMore(key, ([, until]) => until)));
const after = filesOf(passed).filter((file) => !before.includes(file));
process.stdout.write(`\nfrom the answer to the intake: ${before.length}\n  ${before.join('\n  ')}\n`);
process.stdout.write(`\nand from there to what is remembered: ${after.length}\n  ${after.join('\n  ')}\n`);
process.stdout.write(`\nfiles that one row passes: ${before.length + after.length} (target: ${TARGET})\n`);
