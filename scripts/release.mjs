// Makes a release: `npm run release -- 1.4.0` sets the version everywhere, dates the CHANGELOG, commits and tags.
// The heading `## Unreleased` of CHANGELOG.md becomes that of the release.
import { execFileSync } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';

const root = new URL('../', import.meta.url);
const run = (command, ...args) =>
  execFileSync(command, args, { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
const text = (path) => readFile(new URL(path, root), 'utf8');

function fail(reason) {
  process.stderr.write(`${reason}\n`);
  process.exit(1);
}

async function replaceIn(path, pattern, replacement) {
  const content = await text(path);
  if (!pattern.test(content)) fail(`${path}: nothing matches ${pattern}. Nothing was released.`);
  await writeFile(new URL(path, root), content.replace(pattern, replacement));
}

const [version] = process.argv.slice(2);
if (!/^\d+\.\d+\.\d+$/.test(version ?? '')) fail('Usage: npm run release -- 1.4.0');
if (run('git', 'status', '--porcelain') !== '') fail('There are changes that are not committed. Commit them first.');
if (!/^## Unreleased$/m.test(await text('CHANGELOG.md')))
  fail('CHANGELOG.md has no "## Unreleased" section: write one first.');

await replaceIn('CHANGELOG.md', /^## Unreleased$/m, `## ${new Date().toISOString().slice(0, 10)} - ${version}`);
const workspaces = [
  'packages/automation-sdk-shim',
  ...(await readdir(new URL('tools/', root))).map((name) => `tools/${name}`),
];
for (const path of ['package.json', ...workspaces.map((folder) => `${folder}/package.json`)])
  await replaceIn(path, /"version": "[^"]*"/, `"version": "${version}"`);
await replaceIn('Dockerfile', /image\.version="[^"]*"/, `image.version="${version}"`);
run('npm', 'install', '--package-lock-only', '--ignore-scripts', '--no-audit', '--no-fund');
run('npm', 'run', '--silent', 'generate');
run('git', 'commit', '--all', '--message', `Release ${version}`);
run('git', 'tag', '--annotate', `v${version}`, '--message', version);
process.stdout.write(`Released ${version}: push the commit and the tag v${version}.\n`);
