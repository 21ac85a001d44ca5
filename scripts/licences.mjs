// Writes docs/licences.md: what runs in the image besides our own code, with its licences. `npm run licences --
// --check` writes nothing. It fails when the list has drifted, or a licence is none that may be passed on freely.
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { installedPackages, licenceTextOf } from './bill-of-materials.mjs';
import { makeImageTree } from './image-tree.mjs';

const target = new URL('../docs/licences.md', import.meta.url);
const free = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']);

const folder = await mkdtemp(join(tmpdir(), 'image-'));
await makeImageTree(folder);
const packages = await installedPackages(folder);
await rm(folder, { recursive: true });

const rows = packages.map(
  (one) => `| ${one.name} | ${one.version} | ${one.licence} | ${licenceTextOf(one, packages)} |`,
);
const text = `# Licences

What runs besides the code of this repository, which is under the [MIT licence](../LICENSE). \`npm run licences\` writes
this list from the packages that the image gets. The full bill of materials is in the image, \`/app/sbom.cdx.json\`:
CycloneDX, with checksums, Node.js and Debian's packages. \`npm run sbom\` prints it without the last two.

The texts of the licences are in the image. Paths in the table are below \`/app\`. A package without a text of its own
names the text of another package from the same repository under the same licence. The texts of Node.js and of Debian's
packages, \`tini\` included, are where their images keep them: \`/usr/local/LICENSE\`, \`/usr/share/doc/*/copyright\`.

| package | version | licence | text |
| --- | --- | --- | --- |
${[...new Set(rows)].join('\n')}
`;
const formatted = await format(text, { ...(await resolveConfig(target.pathname)), parser: 'markdown' });
const notFree = packages.filter(({ licence }) => !free.has(licence));
for (const { name, licence } of notFree)
  process.stderr.write(`${name} has the licence "${licence}": may it be passed on?\n`);

if (process.argv.includes('--check')) {
  const present = await readFile(target, 'utf8').catch(() => '');
  if (present !== formatted)
    process.stderr.write('docs/licences.md has drifted: run `npm run licences` and commit the result.\n');
  process.exitCode = present === formatted && notFree.length === 0 ? 0 : 1;
} else {
  await writeFile(target, formatted);
}
