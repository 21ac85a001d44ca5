// What an installed folder holds, and whether its bill of materials says the same.
//   node scripts/bill-of-materials.mjs FOLDER     compares FOLDER/sbom.cdx.json with what FOLDER holds
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const LICENCE_FILE = /^(licen[cs]e|copying)/i;
const README = /^readme/i;
/** The words that begin the grant of a licence which stands in a README. */
const GRANT = /permission is hereby granted|redistribution and use in source and binary forms/i;

/**
 * Every package below `folder`, found by walking node_modules and not by asking npm.
 *
 * @typedef {{ name: string, version: string, licence: string, repository: string, path: string, text?: string }}
 *   Package
 *   `path` is its folder and `text` the file with its licence, relative to `folder`. No `text` where it has none.
 * @returns {Promise<Package[]>}
 */
export async function installedPackages(folder) {
  const workspaces = await foldersIn(join(folder, 'packages'));
  const found = await Promise.all([folder, ...workspaces].map((each) => packagesBelow(join(each, 'node_modules'))));
  const packages = await Promise.all(found.flat().map((path) => readPackage(folder, path)));
  return packages.sort((one, other) => one.name.localeCompare(other.name) || one.path.localeCompare(other.path));
}

/**
 * The licence text of a package: its own, or that of a package from the same repository under the same licence.
 *
 * @returns {string | undefined} the file, relative to the folder
 */
export function licenceTextOf(one, packages) {
  if (one.text !== undefined) return one.text;
  const isSibling = ({ licence, repository, text }) =>
    text !== undefined && repository !== '' && repository === one.repository && licence === one.licence;
  return packages.find(isSibling)?.text;
}

/** A sentence for each package that the bill omits, that it names in vain, and that has no licence text. */
export function differences(bill, packages) {
  const billed = new Set(bill.components.filter(isFromNpm).map(nameOf));
  const present = new Set(packages.map(({ name, version }) => `${name}@${version}`));
  return [
    ...[...present].filter((name) => !billed.has(name)).map((name) => `${name} is installed and not in the bill.`),
    ...[...billed].filter((name) => !present.has(name)).map((name) => `${name} is in the bill and not installed.`),
    ...packages
      .filter((one) => licenceTextOf(one, packages) === undefined)
      .map(({ path }) => `${path} has no text of its licence.`),
  ];
}

/** Packages of npm that are not of this repository: those are marked private. */
function isFromNpm({ purl = '', properties = [] }) {
  return purl.startsWith('pkg:npm/') && !properties.some(({ name }) => name === 'cdx:npm:package:private');
}

export function nameOf({ group, name, version }) {
  return `${group ? `${group}/` : ''}${name}@${version}`;
}

async function packagesBelow(nodeModules) {
  const entries = await foldersIn(nodeModules);
  const folders = await Promise.all(
    entries.map((path) => (/@[^/]+$/.test(path) ? foldersIn(path) : Promise.resolve([path]))),
  );
  const packages = folders.flat();
  const nested = await Promise.all(packages.map((path) => packagesBelow(join(path, 'node_modules'))));
  return [...packages, ...nested.flat()];
}

/** Without hidden ones, and without links: those lead to the workspaces. */
async function foldersIn(folder) {
  if (!existsSync(folder)) return [];
  const entries = await readdir(folder, { withFileTypes: true });
  return entries
    .filter((each) => each.isDirectory() && !each.name.startsWith('.'))
    .map(({ name }) => join(folder, name));
}

async function readPackage(root, path) {
  const manifest = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
  const { name, version, license, licenses, repository } = manifest;
  const text = await licenceFileIn(path);
  return {
    name,
    version,
    licence: license ?? licenses?.map(({ type }) => type).join(' OR ') ?? '',
    repository: (repository?.url ?? repository ?? '').replace(/^git\+|\.git$/g, ''),
    path: relative(root, path),
    ...(text !== undefined && { text: relative(root, join(path, text)) }),
  };
}

async function licenceFileIn(path) {
  const names = await readdir(path);
  const own = names.find((name) => LICENCE_FILE.test(name));
  const readme = names.find((name) => README.test(name));
  if (own !== undefined || readme === undefined) return own;
  return GRANT.test(await readFile(join(path, readme), 'utf8')) ? readme : undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [folder] = process.argv.slice(2);
  const bill = JSON.parse(await readFile(join(folder, 'sbom.cdx.json'), 'utf8'));
  const packages = await installedPackages(folder);
  const found = differences(bill, packages);
  for (const sentence of found) process.stderr.write(`${sentence}\n`);
  process.stdout.write(`${packages.length} packages, ${found.length} differences\n`);
  process.exitCode = found.length === 0 && packages.length > 0 ? 0 : 1;
}
