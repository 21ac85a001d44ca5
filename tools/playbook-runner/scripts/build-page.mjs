// Builds the page of the local playbook runner, where something that it is made of is newer than what was built last.
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'vite';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const runner = join(root, 'tools/playbook-runner');
const built = join(runner, 'dist/page/index.html');

const changedAtMs = async (file) => (await stat(file).catch(() => undefined))?.mtimeMs ?? 0;

const filesBelow = async (folder) =>
  (await readdir(folder, { recursive: true, withFileTypes: true })).map(({ parentPath, name }) =>
    join(parentPath, name),
  );

const cards = (await readdir(root)).filter((file) => /^(trigger_.*|manifest|package-lock)\.json$/.test(file));
const sources = [
  ...cards.map((file) => join(root, file)),
  ...(await Promise.all(['page', 'src/wire', 'src/form'].map((folder) => filesBelow(join(runner, folder))))).flat(),
];
const newestMs = Math.max(...(await Promise.all(sources.map(changedAtMs))));

if (newestMs > (await changedAtMs(built))) {
  await build({ configFile: join(runner, 'page/vite.config.ts'), logLevel: 'warn' });
}
