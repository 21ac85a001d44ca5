// Makes what the image holds besides the bundled module, from package-lock.json: the packages' manifests and licences,
// and their bill of materials.
//   node scripts/image-tree.mjs FOLDER [--system]     --system adds Node.js and Debian's packages of this machine
// Fails where the bill and the packages differ, or a package has no text of its licence.
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdir, readdir, readFile, rm, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { differences, installedPackages, nameOf } from './bill-of-materials.mjs';
import { systemComponents } from './system-components.mjs';

const ROOT = fileURLToPath(new URL('../', import.meta.url));
const SHIPPED = 'packages/automation-sdk-shim';
/** What stays of a package: what it is, and on which terms. Its code is in the bundle. */
const KEPT = /^(package\.json|readme.*|(licen[cs]e|copying|notice).*)$/i;

/** @returns the bill of materials, as CycloneDX in JSON */
export async function makeImageTree(folder, { system = false } = {}) {
  const workspaces = [...(await workspacesIn('packages')), ...(await workspacesIn('tools'))];
  for (const file of ['package.json', 'package-lock.json', '.npmrc', ...workspaces.map(manifestOf)])
    await cp(join(ROOT, file), join(folder, file));
  const production = ['--omit=dev', '--include-workspace-root', '--workspace', SHIPPED];
  npm(folder, ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error', ...production]);

  const lock = JSON.parse(await readFile(join(folder, 'package-lock.json'), 'utf8'));
  for (const path of workspaces) if (path !== SHIPPED) await rm(join(folder, path), { recursive: true });
  await rm(join(folder, 'tools'), { recursive: true });
  for (const file of ['package-lock.json', '.npmrc']) await rm(join(folder, file));
  // npm describes what a manifest names: without what is not installed, that is what is there.
  await rewriteManifest(join(folder, 'package.json'), { workspaces: [SHIPPED] });
  await rewriteManifest(join(folder, manifestOf(SHIPPED)), {});
  await prune(join(folder, 'node_modules'));
  await prune(join(folder, SHIPPED));

  const bill = JSON.parse(npm(folder, ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application']));
  addHashes(bill, lock);
  if (system) bill.components.push(...(await systemComponents()));
  await writeFile(join(folder, 'sbom.cdx.json'), `${JSON.stringify(bill, null, 2)}\n`);

  const found = differences(bill, await installedPackages(folder));
  if (found.length > 0) throw new Error(`The bill of materials is wrong:\n${found.join('\n')}`);
  return bill;
}

/** @returns {Promise<string[]>} such as `packages/automation-sdk-shim` */
async function workspacesIn(parent) {
  const names = await readdir(join(ROOT, parent));
  return names.map((name) => `${parent}/${name}`).filter((path) => existsSync(join(ROOT, manifestOf(path))));
}

function manifestOf(workspace) {
  return `${workspace}/package.json`;
}

function npm(folder, args) {
  const environment = Object.entries(process.env).filter(([name]) => !/^(npm_|NODE_ENV$)/i.test(name));
  const options = { cwd: folder, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024, stdio: ['ignore', 'pipe', 'inherit'] };
  return execFileSync('npm', args, { ...options, env: Object.fromEntries(environment) });
}

async function rewriteManifest(file, changes) {
  const { devDependencies: _, scripts: __, ...manifest } = JSON.parse(await readFile(file, 'utf8'));
  await writeFile(file, `${JSON.stringify({ ...manifest, ...changes }, null, 2)}\n`);
}

/** Removes files and then empty folders. npm's own notes stay, which its bill of materials is made from. */
async function prune(folder) {
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) await prune(path);
    else if (entry.isFile() && !KEPT.test(entry.name) && entry.name !== '.package-lock.json') await rm(path);
  }
  if ((await readdir(folder)).length === 0) await rmdir(folder);
}

/** The checksums that `npm ci` has compared. */
function addHashes(bill, { packages }) {
  const integrities = new Map(
    Object.entries(packages).map(([path, { version, integrity }]) => [
      `${path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length)}@${version}`,
      integrity,
    ]),
  );
  for (const component of bill.components) {
    const integrity = integrities.get(nameOf(component));
    if (!integrity?.startsWith('sha512-')) continue;
    const content = Buffer.from(integrity.slice('sha512-'.length), 'base64').toString('hex');
    component.hashes = [{ alg: 'SHA-512', content }];
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder, ...options] = process.argv.slice(2);
  await mkdir(folder, { recursive: true });
  const bill = await makeImageTree(folder, { system: options.includes('--system') });
  process.stdout.write(`${folder}/sbom.cdx.json: ${bill.components.length} components\n`);
}
