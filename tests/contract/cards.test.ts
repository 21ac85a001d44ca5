import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';

const root = new URL('../../', import.meta.url);
const text = (file: string) => readFile(new URL(file, root), 'utf8');
const json = async (file: string) => JSON.parse(await text(file)) as Record<string, unknown>;

interface Property {
  readonly type: string;
  readonly title: string;
  readonly description: string;
  readonly default?: unknown;
  readonly minimum?: number;
  readonly maximum?: number;
}

interface Card {
  readonly uuid: string;
  readonly name: string;
  readonly description: string;
  readonly docker_parameters: string;
  readonly arguments: {
    readonly properties: Readonly<Record<string, Property>>;
    readonly required: readonly string[];
    readonly secrets: readonly string[];
  };
}

const files = await readdir(root);
const cardFiles = files.filter((file) => /^(trigger|connector)_.*\.json$/.test(file)).sort();
const cards = await Promise.all(cardFiles.map(async (file) => [file, (await json(file)) as unknown as Card] as const));

describe('manifest.json', () => {
  test('describes the module as the playbook editor wants it', async () => {
    const manifest = await json('manifest.json');
    expect(manifest).toMatchObject({
      name: 'Microsoft 365 Message Trace',
      slug: 'microsoft365-message-trace',
      categories: ['Email'],
      uuid: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
    });
    expect(new Ajv().validateSchema(manifest['configuration'] as object)).toBe(true);
  });

  test('has the version that every other place names', async () => {
    const { version } = await json('manifest.json');
    const packages = [
      'package.json',
      ...(await readdir(new URL('packages/', root))).map((name) => `packages/${name}/package.json`),
    ];
    for (const file of packages) expect({ file, version: (await json(file))['version'] }).toEqual({ file, version });
    expect(/^## \d{4}-\d\d-\d\d - (\S+)$/m.exec(await text('CHANGELOG.md'))?.[1]).toBe(version);
    expect(/image\.version="([^"]+)"/.exec(await text('Dockerfile'))?.[1]).toBe(version);
  });
});

describe('CHANGELOG.md', () => {
  test('has dated versions, newest first, and only the standard sections', async () => {
    const changelog = await text('CHANGELOG.md');
    const dates = [...changelog.matchAll(/^## (.*)$/gm)].map(([, heading]) => heading!);
    for (const heading of dates) expect(heading).toMatch(/^\d{4}-\d\d-\d\d - \d+\.\d+\.\d+$/);
    expect([...dates].sort().reverse()).toEqual(dates);
    const sections = [...changelog.matchAll(/^### (.*)$/gm)].map(([, heading]) => heading!);
    const standard = ['Added', 'Changed', 'Deprecated', 'Removed', 'Fixed', 'Security'];
    expect(sections.filter((heading) => !standard.includes(heading))).toEqual([]);
  });
});

describe.each(cards)('%s', (file, card) => {
  const properties = Object.entries(card.arguments.properties);

  test('has a valid schema, whose defaults it accepts', () => {
    const ajv = new Ajv({ strict: true, useDefaults: true });
    addFormats.default(ajv);
    ajv.addKeyword('secrets');
    const validate = ajv.compile(card.arguments);
    const required = Object.fromEntries(card.arguments.required.map((name) => [name, 'some text']));
    expect({ valid: validate(required), errors: validate.errors }).toEqual({ valid: true, errors: null });
  });

  test('gives every setting a title, a description and, but for what is required, a default', () => {
    for (const [name, property] of properties) {
      expect({ name, property }).toMatchObject({
        property: { title: expect.stringMatching(/^[A-Z]/), description: expect.stringMatching(/\.$/) },
      });
      expect({ name, has: 'default' in property }).toEqual({ name, has: !card.arguments.required.includes(name) });
    }
  });

  test('gives every number bounds and a unit', () => {
    for (const [name, property] of properties.filter(([, { type }]) => type === 'integer')) {
      expect({ name, property }).toMatchObject({
        property: { minimum: expect.any(Number), maximum: expect.any(Number) },
      });
      expect(property.description).toMatch(/\b(hours|minutes|seconds|number of)\b/);
    }
  });

  test('masks the password', () => {
    expect(card.arguments.secrets).toContain('account_password');
  });

  test.each([
    ['https://reports.office365.us/ecp', true],
    ['https://intake.fra2.sekoia.io/api/v1/intake-http', true],
    ['http://127.0.0.1:8365/ecp', true],
    ['http://localhost:80', true],
    ['http://[::1]:8365/', true],
    ['http://reports.office365.com', false],
    ['http://127.0.0.1.attacker.example/', false],
    ['http://127.0.0.1@attacker.example/', false],
    ['https://user:password@reports.office365.com', false],
    ['https://reports.office365.com/?token=x', false],
    ['ftp://reports.office365.com', false],
    ['reports.office365.com', false],
  ])('takes the address %s: %s', (address, accepted) => {
    const ajv = new Ajv();
    addFormats.default(ajv);
    const validate = ajv.compile({ ...card.arguments.properties['api_url'] });
    expect(validate(address)).toBe(accepted);
  });

  test('is a trigger or connector of a suffix that has both, with the same uuid and command', () => {
    const other = file.startsWith('trigger_')
      ? file.replace('trigger_', 'connector_')
      : file.replace('connector_', 'trigger_');
    const twin = cards.find(([name]) => name === other)?.[1];
    expect(twin).toMatchObject({
      uuid: card.uuid,
      docker_parameters: card.docker_parameters,
      arguments: card.arguments,
    });
    expect('results' in card).toBe(file.startsWith('trigger_'));
  });
});

test('the commands that the module registers are those of the cards', async () => {
  const main = fileURLToPath(new URL('dist/module/main.js', root));
  const { stderr } = await promisify(execFile)(process.execPath, [main, '--help']);
  const registered = [...stderr.matchAll(/"(\w+)"/g)].map(([, name]) => name!);
  expect(registered.sort()).toEqual([...new Set(cards.map(([, card]) => card.docker_parameters))].sort());
});

test('the uuids of manifest and triggers are all different', async () => {
  const triggers = cards.filter(([file]) => file.startsWith('trigger_')).map(([, { uuid }]) => uuid);
  const uuids = [(await json('manifest.json'))['uuid'], ...triggers];
  expect(new Set(uuids).size).toBe(uuids.length);
});

test('the logo is square, small and loads nothing', async () => {
  const logo = await text('logo.svg');
  expect(logo).toMatch(/width="128" height="128"/);
  expect(logo.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/http|<script|<image/);
  expect((await stat(new URL('logo.svg', root))).size).toBeLessThan(50 * 1024);
});

test('JSON files are indented by two spaces', async () => {
  for (const file of ['manifest.json', ...cardFiles]) {
    const content = await text(file);
    expect(content).toBe(`${JSON.stringify(JSON.parse(content), null, 2)}\n`);
  }
});
