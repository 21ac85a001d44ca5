import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../../', import.meta.url));
const MIT = 'Permission is hereby granted, free of charge, to any person';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-'));
});
afterEach(() => rm(folder, { recursive: true }));

async function write(path: string, content: unknown): Promise<void> {
  await mkdir(dirname(join(folder, path)), { recursive: true });
  await writeFile(join(folder, path), typeof content === 'string' ? content : JSON.stringify(content));
}

async function install(path: string, manifest: object, files: Readonly<Record<string, string>> = { LICENSE: MIT }) {
  await write(join(path, 'package.json'), { license: 'MIT', ...manifest });
  for (const [name, text] of Object.entries(files)) await write(join(path, name), text);
}

/** An image with a package, one with a scope, two versions of one, and a workspace with packages of its own. */
async function makeImage(): Promise<void> {
  await install('node_modules/ajv', { name: 'ajv', version: '8.20.0' });
  await install('node_modules/@aws/s3', { name: '@aws/s3', version: '3.0.0' });
  await install('node_modules/agent', { name: 'agent', version: '1.0.0' });
  await install('node_modules/ajv/node_modules/agent', { name: 'agent', version: '2.0.0' }, { 'README.md': MIT });
  await install('packages/sdk', { name: '@ours/sdk', version: '1.0.0' });
  await install('packages/sdk/node_modules/semver', { name: 'semver', version: '7.8.1' });
  await write('node_modules/.package-lock.json', {});
  await mkdir(join(folder, 'node_modules/@ours'));
  await symlink('../../packages/sdk', join(folder, 'node_modules/@ours/sdk'));
}

const installed = ['ajv@8.20.0', '@aws/s3@3.0.0', 'agent@1.0.0', 'agent@2.0.0', 'semver@7.8.1'];

/** Writes the bill and compares it as the image's build does. */
async function check(names: readonly string[]): Promise<{ code: number; sentences: string[] }> {
  const components = names.map((text) => {
    const [, group, name, version] = /^(?:(@[^/]+)\/)?(.+)@(.+)$/.exec(text)!;
    return { ...(group && { group }), name, version, purl: `pkg:npm/${text}` };
  });
  const properties = [{ name: 'cdx:npm:package:private', value: 'true' }];
  const ours = { group: '@ours', name: 'sdk', version: '1.0.0', purl: 'pkg:npm/@ours/sdk@1.0.0', properties };
  const debian = { name: 'tini', version: '0.19.0-1', purl: 'pkg:deb/debian/tini@0.19.0-1' };
  await write('sbom.cdx.json', { components: [...components, ours, debian] });
  return new Promise((resolve) => {
    execFile(process.execPath, [join(root, 'scripts/bill-of-materials.mjs'), folder], (error, _, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), sentences: stderr.split('\n').filter(Boolean) });
    });
  });
}

describe('the bill of materials', () => {
  beforeEach(makeImage);

  test('agrees with the packages of the image, nested ones and those of workspaces included', async () => {
    expect(await check(installed)).toEqual({ code: 0, sentences: [] });
  });

  test.each(installed)('fails the build where it omits %s', async (name) => {
    expect(await check(installed.filter((each) => each !== name))).toEqual({
      code: 1,
      sentences: [`${name} is installed and not in the bill.`],
    });
  });

  test('fails the build where it names what is not there, be it another version', async () => {
    expect(await check([...installed, 'retry@0.12.0', 'ajv@8.20.1'])).toEqual({
      code: 1,
      sentences: ['retry@0.12.0 is in the bill and not installed.', 'ajv@8.20.1 is in the bill and not installed.'],
    });
  });

  test('fails the build where a package has no licence text, unless one of its repository has the same', async () => {
    const repository = { url: 'git+https://example.com/mono.git' };
    await install('node_modules/bare', { name: 'bare', version: '1.0.0', repository }, { 'README.md': 'No words.' });
    const withBare = [...installed, 'bare@1.0.0'];
    expect(await check(withBare)).toEqual({ code: 1, sentences: ['node_modules/bare has no text of its licence.'] });
    await install('node_modules/sibling', { name: 'sibling', version: '1.0.0', license: 'ISC', repository });
    expect((await check([...withBare, 'sibling@1.0.0'])).code).toBe(1);
    await install('node_modules/sibling', { name: 'sibling', version: '1.0.0', repository });
    expect(await check([...withBare, 'sibling@1.0.0'])).toEqual({ code: 0, sentences: [] });
  });
});

describe('the Dockerfile', () => {
  test('starts the module below an init that reaps, without core files, with SIGUSR1 off, as a user', async () => {
    const lines = (await readFile(join(root, 'Dockerfile'), 'utf8')).split('\n');
    const entry = lines.find((line) => line.startsWith('ENTRYPOINT '))!.slice('ENTRYPOINT '.length);
    expect(JSON.parse(entry)).toEqual([
      'tini',
      '-s',
      '--',
      'prlimit',
      '--core=0',
      'node',
      '--disable-sigusr1',
      'dist/bundle/main.js',
    ]);
    expect(lines.findLast((line) => line.startsWith('USER '))).toBe('USER 1000:1000');
  });

  test('installs by checksum and without scripts', async () => {
    const text = await readFile(join(root, 'Dockerfile'), 'utf8');
    expect(text.match(/^RUN npm .*/gm)).toEqual(['RUN npm ci --ignore-scripts']);
    expect(await readFile(join(root, 'scripts/image-tree.mjs'), 'utf8')).toContain("['ci', '--ignore-scripts',");
    const lock = JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8')) as {
      packages: Record<string, { integrity?: string; link?: boolean; dev?: boolean }>;
    };
    const unchecked = Object.entries(lock.packages).filter(
      ([path, { integrity, link, dev }]) =>
        path.includes('node_modules/') && link !== true && dev !== true && !integrity,
    );
    expect(unchecked).toEqual([]);
  });

  test('takes its base from one argument, which a release sets to a digest', async () => {
    const text = await readFile(join(root, 'Dockerfile'), 'utf8');
    expect([...text.matchAll(/^FROM (\S+)/gm)].map(([, base]) => base)).toEqual(['${NODE_IMAGE}', '${NODE_IMAGE}']);
  });

  test.each([
    ['node:24-slim', 1],
    [`node:24-slim@sha256:${'0'.repeat(63)}`, 1],
    [`node:24-slim@sha256:${'0'.repeat(64)}`, 0],
  ])('a release on the base %s ends with exit code %i', async (NODE_IMAGE, code) => {
    const env = { ...process.env, NODE_IMAGE };
    const ended = new Promise((resolve) => {
      execFile('sh', [join(root, '.ci/check-base-image')], { env }, (error) => resolve(error?.code ?? 0));
    });
    expect(await ended).toBe(code);
  });
});
