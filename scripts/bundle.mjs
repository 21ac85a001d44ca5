// Makes programs of a few files each of the module and its command line, in dist/bundle. They start in half the CPU
// time that hundreds of files take one by one, and the image needs no other code. What not every start needs, such as
// the client for S3, stays apart.
//   node scripts/bundle.mjs      after tsc, from what it has written
// Fails where a package gets in that package-lock.json does not count to production: the image's bill of materials and
// licences would not name it.
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/**
 * An ECMAScript import of `node:process` reads every member of it, which opens standard input: that fails where it is
 * in use. A name that is not here fails the build.
 */
const processWithoutStreams = {
  name: 'process-without-streams',
  resolveId: (source, _importer, { kind }) =>
    kind === 'import-statement' && /^(node:)?process$/.test(source) ? '\0process' : undefined,
  load: (id) => (id === '\0process' ? 'export const { env, versions } = process;' : undefined),
};

const bundle = await rolldown({
  cwd: ROOT,
  input: { main: 'dist/module/main.js', 'message-trace': 'dist/module/message-trace.js' },
  platform: 'node',
  // For colours on a developer's terminal; `debug` does without it.
  external: ['supports-color'],
  plugins: [processWithoutStreams],
});
const { output } = await bundle.generate({
  format: 'esm',
  entryFileNames: '[name].js',
  chunkFileNames: '[name]-[hash].js',
  comments: { legal: true },
});
await bundle.close();

// What is as it was stays untouched: a process that starts meanwhile finds all of its files.
const folder = `${ROOT}dist/bundle/`;
const contentOf = (path) => (existsSync(path) ? readFileSync(path, 'utf8') : undefined);
mkdirSync(folder, { recursive: true });
for (const { fileName, code } of output.toReversed()) {
  if (contentOf(folder + fileName) === code) continue;
  writeFileSync(`${folder}${fileName}.new`, code, { mode: fileName === 'message-trace.js' ? 0o755 : 0o644 });
  renameSync(`${folder}${fileName}.new`, folder + fileName);
}
const written = new Set(output.map(({ fileName }) => fileName));
for (const name of readdirSync(folder)) if (!written.has(name)) rmSync(folder + name);

const { packages } = JSON.parse(readFileSync(`${ROOT}package-lock.json`, 'utf8'));
const bundled = new Set(
  output
    .flatMap(({ moduleIds = [] }) => moduleIds)
    .map((id) => /^.*(?<=^|\/)node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id.replace(ROOT, ''))?.[0])
    .filter((path) => path !== undefined),
);
const foreign = [...bundled].filter((path) => packages[path] === undefined || packages[path].dev === true);
if (bundled.size === 0 || foreign.length > 0)
  throw new Error(
    `The module needs packages that are no dependencies in package.json: ${foreign.join(', ') || 'none'}`,
  );
