// Writes docs/licences.md: what runs in the image besides our own code, with its licences. `npm run licences -- --check` writes nothing, and fails
// when the list has drifted or a licence is none that may be passed on freely.
import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { format, resolveConfig } from 'prettier';

const target = new URL('../docs/licences.md', import.meta.url);
const free = new Set(['0BSD', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', 'BlueOak-1.0.0', 'ISC', 'MIT']);

const { components } = JSON.parse(
  execFileSync('npm', ['run', '--silent', 'sbom'], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 }),
);
const isOurs = ({ properties = [] }) => properties.some(({ name }) => name === 'cdx:npm:package:private');
const packages = components
  .filter((component) => !isOurs(component))
  .map(({ group, name, version, licenses = [] }) => ({
    name: group ? `${group}/${name}` : name,
    version,
    licence: licenses.map(({ license, expression }) => expression ?? license.id ?? license.name).join(', '),
  }))
  .sort((one, other) => one.name.localeCompare(other.name) || one.version.localeCompare(other.version));

const text = `# Licences

What runs besides the code of this repository, which is under the [MIT licence](../LICENSE). Written by \`npm run licences\`; the
full bill of materials, with checksums, is what \`npm run sbom\` prints.

| package | version | licence |
| --- | --- | --- |
${packages.map(({ name, version, licence }) => `| ${name} | ${version} | ${licence} |`).join('\n')}
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
