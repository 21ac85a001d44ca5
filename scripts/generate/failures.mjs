import { readdir, readFile } from 'node:fs/promises';
import { banner, code, table } from './markdown.mjs';

const root = new URL('../../', import.meta.url);
const folders = ['tests/', 'packages/', 'tools/'];

/** A test that shows how the module behaves has the ids of the failures at the end of its title: `… [F-03, F-12]`. */
const TITLE = /(['"`])((?:(?!\1).)*?) \[(F-\d+(?:, F-\d+)*)\]\1/g;

async function testFiles() {
  const found = await Promise.all(
    folders.map(async (folder) =>
      (await readdir(new URL(folder, root), { recursive: true })).map((path) => folder + path),
    ),
  );
  return found
    .flat()
    .filter((path) => path.endsWith('.test.ts') && !path.includes('node_modules/'))
    .sort();
}

/** Which tests show which failure, by its id. */
async function proofsById() {
  const proofs = new Map();
  for (const path of await testFiles()) {
    const text = await readFile(new URL(path, root), 'utf8');
    for (const [, , title, ids] of text.matchAll(TITLE)) {
      for (const id of ids.split(', ')) proofs.set(id, [...(proofs.get(id) ?? []), `${code(path)} “${title}”`]);
    }
  }
  return proofs;
}

/** docs/failure-matrix.md. @throws where a failure has no test, or a test names a failure that is not in the matrix */
export async function failureMatrix() {
  const failures = JSON.parse(await readFile(new URL('tests/failure-matrix.json', root), 'utf8'));
  const proofs = await proofsById();
  const ids = failures.map(({ id }) => id);
  const untested = ids.filter((id) => !proofs.has(id));
  const unknown = [...proofs.keys()].filter((id) => !ids.includes(id));
  if (untested.length > 0) throw new Error(`No test has these failures in its title: ${untested.join(', ')}.`);
  if (unknown.length > 0) throw new Error(`tests/failure-matrix.json lacks ${unknown.join(', ')}.`);
  const areas = [...new Set(failures.map(({ area }) => area))];
  const sections = areas.map((area) => {
    const rows = failures
      .filter((failure) => failure.area === area)
      .map(({ id, happens, does }) => [id, happens, does, proofs.get(id).join('<br>')]);
    return `## ${area}\n\n${table(['id', 'what happens', 'what the module does', 'shown by'], rows)}`;
  });
  return `${banner('tests/failure-matrix.json and the titles of the tests')}

# Failure matrix

What can go wrong, what the module does, and the tests that make it happen. No data is lost, every failure is reported, and
retries are rate-limited. [Troubleshooting](troubleshooting.md) explains each log line. [Delivery guarantees](delivery-guarantees.md)
says what the promise is worth after a failure.

Tests in \`tests/integration/failure-table/\` run the real process. They also search everything that comes out for secrets:
standard error, requests to the platform, the data folder, health and metrics.

${sections.join('\n\n')}
`;
}
