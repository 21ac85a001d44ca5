// Writes every file that follows from another one. `npm run generate -- --check` writes nothing and fails when a file
// has drifted from its source.
import { readFile, writeFile } from 'node:fs/promises';
import { actionsReference } from './actions.mjs';
import { cards, manifest } from './cards.mjs';
import { cliReference } from './cli.mjs';
import { configurationReference } from './configuration.mjs';
import { eventsReference } from './events.mjs';
import { failureMatrix } from './failures.mjs';
import { intakeFormatFiles } from './intake-format/files.mjs';
import { metricsReference } from './metrics.mjs';

const root = new URL('../../', import.meta.url);
const check = process.argv.includes('--check');
const text = (path) => readFile(new URL(path, root), 'utf8');

const { version } = JSON.parse(await text('package.json'));
const presentManifest = JSON.parse(await text('manifest.json'));
const generated = new Map([
  ['manifest.json', manifest(presentManifest, version)],
  ...cards(),
  ['docs/actions.md', actionsReference()],
  ['docs/cli.md', cliReference(version)],
  ['docs/configuration.md', configurationReference()],
  ['docs/events.md', await eventsReference()],
  ['docs/failure-matrix.md', await failureMatrix()],
  ['docs/metrics.md', metricsReference()],
  ...(await intakeFormatFiles(presentManifest.uuid)),
]);

let drifted = 0;
for (const [path, content] of generated) {
  const present = await text(path).catch(() => undefined);
  if (present === content) continue;
  drifted += 1;
  if (!check) await writeFile(new URL(path, root), content);
  process.stdout.write(`${check ? 'drifted from its source' : 'written'}: ${path}\n`);
}
if (check && drifted > 0) {
  process.stderr.write('Run `npm run generate` and commit the result.\n');
  process.exitCode = 1;
}
