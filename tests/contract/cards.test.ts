import { execFile } from 'node:child_process';
import { readdir, readFile, stat } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { selfSignedCertificate } from '@local/testbed';
import { Ajv } from 'ajv';
import addFormats from 'ajv-formats';
import { rulesForAccount } from '../../src/sekoia/access-by-account.js';
import { rulesForApplication } from '../../src/sekoia/access-by-application.js';

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
  readonly enum?: readonly string[];
  readonly format?: string;
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

interface ActionCard extends Card {
  readonly slug: string;
  readonly description: string;
  readonly results: object;
  readonly outputs: Readonly<Record<string, string>>;
}

const actionFiles = files.filter((file) => /^action_.*\.json$/.test(file)).sort();
const actions = await Promise.all(
  actionFiles.map(async (file) => [file, (await json(file)) as unknown as ActionCard] as const),
);

interface Expected {
  readonly name: string;
  /** The least that an operator must give. */
  readonly min: Readonly<Record<string, unknown>>;
  readonly secrets: readonly string[];
  /** Neither required nor with a default: what is used in their place follows from other settings. */
  readonly derived: readonly string[];
  readonly intakeFormat: string;
}

/** What is left out is an empty list, or no key. */
const lists = ['internal_domains', 'do_not_send', 'send_only', 'privacy_key', 'run_playbook_on'];
/** What each command's cards must say, by the command. */
const commands: Readonly<Record<string, Expected>> = {
  message_trace: {
    name: 'Message Trace',
    min: { account_name: 'svc@contoso.com', account_password: 'x', intake_key: 'x' },
    secrets: ['account_password', 'privacy_key'],
    derived: ['client_id', 'tenant_id', ...lists, 'token_scope'],
    intakeFormat: 'message_trace',
  },
  message_trace_graph: {
    name: 'Message Trace (Microsoft Graph)',
    min: { tenant_id: 'contoso.com', client_id: 'x', client_secret: 'x', intake_key: 'x' },
    secrets: ['client_secret', 'client_certificate', 'privacy_key'],
    derived: [
      ...['tenant_id', 'client_id', 'client_secret', 'client_certificate', 'federated_token_file'],
      ...[...lists, 'token_scope'],
    ],
    intakeFormat: 'message_trace_graph_api',
  },
};

function without(name: string, settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(settings).filter(([other]) => other !== name));
}

/** Fills in the defaults and tells what is wrong with the settings. */
function check(card: Card, settings: Readonly<Record<string, unknown>>) {
  const ajv = new Ajv({ strict: true, useDefaults: true });
  addFormats.default(ajv);
  ajv.addKeyword('secrets');
  const validate = ajv.compile(card.arguments);
  const values = { ...settings };
  return { valid: validate(values), errors: validate.errors, values };
}

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

  test('has an account of which nothing is required and nothing has a default', async () => {
    const { configuration, supports_validation: isChecked } = (await json('manifest.json')) as {
      readonly configuration: Card['arguments'];
      readonly supports_validation: boolean;
    };
    expect(isChecked).toBe(true);
    expect(configuration.required).toEqual([]);
    expect(configuration.secrets).toEqual(['client_secret', 'client_certificate']);
    const properties = Object.values(configuration.properties);
    expect(properties).toHaveLength(6);
    // A default would be taken for what an operator gave, and would replace a trigger's.
    expect(properties.filter((property) => 'default' in property)).toEqual([]);
  });

  test('has the version that every other place names', async () => {
    const { version } = await json('manifest.json');
    const packages = [
      'package.json',
      'packages/automation-sdk-shim/package.json',
      ...(await readdir(new URL('tools/', root))).map((name) => `tools/${name}/package.json`),
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
  const expected = commands[card.docker_parameters]!;

  test('has the name and the command of its file', () => {
    expect(file.replace(/^(trigger|connector)_/, '')).toBe(`${card.docker_parameters}.json`);
    expect(card.name).toBe(expected.name);
  });

  test('has a valid schema, which accepts its own defaults with the least that must be given', () => {
    const { valid, errors, values } = check(card, expected.min);
    expect({ valid, errors }).toEqual({ valid: true, errors: null });
    expect(Object.keys(values).sort()).toEqual(
      Object.keys(card.arguments.properties)
        .filter((name) => !expected.derived.includes(name) || name in expected.min)
        .sort(),
    );
  });

  const required = Object.keys(expected.min).filter((name) => !expected.derived.includes(name));
  test.each(required)('does without no %s', (name) => {
    expect(check(card, without(name, expected.min)).valid).toBe(false);
  });

  test('gives every setting a title and a description', () => {
    for (const [name, property] of properties) {
      expect({ name, property }).toMatchObject({
        property: { title: expect.stringMatching(/^[A-Z]/), description: expect.stringMatching(/\.$/) },
      });
    }
  });

  test('gives every setting that is not required a default, or says what is used in its place', () => {
    const { required } = card.arguments;
    for (const name of required) expect(card.arguments.properties[name]).not.toHaveProperty('default');
    const derived = properties.filter(([name, property]) => !required.includes(name) && !('default' in property));
    expect(derived.map(([name]) => name)).toEqual(expected.derived);
    for (const [name, { description }] of derived)
      expect({ name, description }).toEqual({ name, description: expect.stringMatching(/Left empty: /) });
  });

  test('gives every number bounds and a unit', () => {
    for (const [name, property] of properties.filter(([, { type }]) => type === 'integer')) {
      expect({ name, property }).toMatchObject({
        property: { minimum: expect.any(Number), maximum: expect.any(Number) },
      });
      expect(property.description).toMatch(/ Unit: [a-z]+\.$/);
    }
  });

  test('masks what proves who asks', () => {
    expect(card.arguments.secrets).toEqual(expected.secrets);
  });

  test('sends the dialect that the format of its intake parses, unless it is told otherwise', () => {
    expect(card.arguments.properties['intake_format']?.default).toBe(expected.intakeFormat);
  });

  test('uses no other keywords than the cards of the platform do, so that its forms and checks understand them', () => {
    const { properties: settings, ...envelope } = card.arguments;
    expect(Object.keys(envelope).sort()).toEqual(['$schema', 'required', 'secrets', 'title', 'type']);
    const keywords = ['type', 'items', 'title', 'description', 'default', 'enum', 'minimum', 'maximum', 'format'];
    for (const [name, property] of Object.entries(settings))
      expect({ name, others: Object.keys(property).filter((key) => !keywords.includes(key)) }).toEqual({
        name,
        others: [],
      });
  });

  test('names the formats of intakes as they are called in the catalogue', () => {
    const { intake_key: key, intake_format: format } = card.arguments.properties;
    const catalogue = {
      message_trace: 'Microsoft 365 Message Trace',
      message_trace_graph_api: 'Microsoft 365 Message Trace (Graph API)',
    };
    expect(key?.description).toContain(`the format "${catalogue[expected.intakeFormat as keyof typeof catalogue]}".`);
    for (const name of Object.values(catalogue)) expect(format?.description).toContain(`"${name}"`);
  });
});

const applicationCard = cards.find(([file]) => file === 'trigger_message_trace_graph.json')![1];

const clientId = 'a4c81d92-5b3e-4f67-8a19-2d6c0b7e5f14';

describe('the settings of an account', () => {
  const { min } = commands['message_trace']!;

  test.each([
    [{ api: 'graph', client_id: clientId }, []],
    [{ api: 'reporting_web_service' }, []],
    [{ api: 'automatic' }, []],
    [{ client_id: clientId }, []],
    [{ client_id: clientId, tenant_id: 'contoso.onmicrosoft.com' }, []],
    [{ client_id: clientId, tenant_id: clientId }, []],
    [{}, []],
    [{ api: 'graph' }, [/^"client_id" \(Client ID\) is missing: it must be .* a GUID .*, as "api" is "graph"\.$/]],
    [{ client_id: 'abc' }, [/^"client_id" \(Client ID\) must be .* a GUID .*, not a text of 3 characters\.$/]],
    [
      { client_id: 'a b', tenant_id: 'not a tenant!' },
      [/^"tenant_id" \(Tenant ID\) must be .* a GUID, or one of its domains.*, not a text of 13/, /^"client_id"/],
    ],
    [{ client_id: clientId, account_name: 'svc' }, [/^"tenant_id" \(Tenant ID\) is missing, and "account_name"/]],
  ])('%j break the rules %j', (settings, rules) => {
    expect(rulesForAccount({ ...min, ...settings })).toEqual(rules.map((rule) => expect.stringMatching(rule)));
  });
});

describe('the settings of an application', () => {
  const { tenant_id, intake_key } = commands['message_trace_graph']!.min;
  const { certificate, privateKey } = selfSignedCertificate('Message trace', 'rsa');
  const pem = certificate + privateKey;
  const asPasted = [pem, pem.replaceAll('\n', '\r\n'), pem.replaceAll('\n', '\\n'), pem.replaceAll('\n', ' ')];

  test.each([
    ...[...asPasted, `\ufeff${pem}\n\n`, pem.replaceAll(' ', '\u00a0'), pem.replaceAll('\n', '\n\u200b')].map(
      (client_certificate) => [{ client_certificate }, []] as const,
    ),
    [{ client_secret: 'x' }, []],
    [
      {},
      [
        /^Nothing proves who signs in\. Give one of "client_secret" .*"client_certificate" .*"federated_token_file" .*"credential" \(Credential\) to managed_identity/,
      ],
    ],
    [{ federated_token_file: '/run/token' }, []],
    [{ federated_token_file: 'token' }, [/^"federated_token_file" \(Federated token file\) must be the absolute path/]],
    [{ credential: 'managed_identity' }, []],
    [{ credential: 'managed_identity', tenant_id: undefined, client_id: undefined }, []],
    [{ client_secret: 'x', client_certificate: pem, credential: 'client_certificate' }, []],
    [
      { client_secret: 'x', credential: 'client_certificate' },
      [
        /^"client_certificate" \(Client certificate\) must be given, as "credential" \(Credential\) is "client_certificate"\.$/,
      ],
    ],
    [
      { credential: 'federated_token' },
      [/^"federated_token_file" .* must be given, or the environment variable AZURE_FEDERATED_TOKEN_FILE must be set/],
    ],
    [
      { client_secret: 'x', tenant_id: undefined, client_id: undefined },
      [/^"tenant_id" \(Tenant ID\) is missing: it must be /, /^"client_id" \(Client ID\) is missing: it must be /],
    ],
    [
      { client_secret: 'x', client_certificate: pem },
      [
        /^Only one of "client_secret" \(Client secret\) and "client_certificate" \(Client certificate\) may be given, unless "credential" \(Credential\) says which one is used\.$/,
      ],
    ],
    [{ client_certificate: certificate }, [/no private key/]],
    [{ client_secret: 'x', tenant_id: 'not a tenant!' }, [/^"tenant_id" \(Tenant ID\) must be/]],
    [{ client_secret: 'x', tenant_id: 'common' }, [/^"tenant_id" \(Tenant ID\) must be/]],
    [{ client_secret: 'x', client_id: `{${clientId}}` }, [/^"client_id" \(Client ID\) must be/]],
    // Of the wrong type: the card says so.
    [{ client_secret: {}, client_id: 7, tenant_id: [] }, []],
  ])('break the rules %#', (settings: object, rules: readonly RegExp[]) => {
    const all = { tenant_id, intake_key, client_id: clientId, ...settings };
    expect(rulesForApplication(all)).toEqual(rules.map((rule) => expect.stringMatching(rule)));
  });

  test.each([
    ['graph', true],
    ['reporting_web_service', true],
    ['automatic', false],
  ])('may name the API %s: %s', (api, accepted) => {
    expect(check(applicationCard, { ...commands['message_trace_graph']!.min, api }).valid).toBe(accepted);
  });
});

test('the commands that the module registers are those of the cards', async () => {
  const main = fileURLToPath(new URL('dist/bundle/main.js', root));
  const { stderr } = await promisify(execFile)(process.execPath, [main, '--help']);
  const registered = [...stderr.matchAll(/"(\w+)"/g)].map(([, name]) => name!);
  const named = [...cards, ...actions].map(([, card]) => card.docker_parameters);
  expect(registered.sort()).toEqual([...new Set(named)].sort());
  expect([...new Set(cards.map(([, card]) => card.docker_parameters))].sort()).toEqual(Object.keys(commands).sort());
});

describe.each(actions)('%s', (file, card) => {
  test('has the name and the command of its file, and a description that reads as a sentence', () => {
    expect(file).toBe(`action_${card.docker_parameters}.json`);
    expect(card.slug).toBe(card.docker_parameters);
    expect(card.description).toMatch(/^[A-Z].{20,}[^.]$/);
  });

  test.each(['arguments', 'results'] as const)('has valid %s', (part) => {
    const ajv = new Ajv({ strict: true });
    addFormats.default(ajv);
    ajv.addKeyword('secrets');
    expect(() => ajv.compile(card[part])).not.toThrow();
  });

  test('explains every argument and every branch to the author of a playbook', () => {
    for (const [name, { title, description }] of Object.entries(card.arguments.properties))
      expect({ name, title, description }).toMatchObject({
        title: expect.stringMatching(/^[A-Z]/),
        description: expect.stringMatching(/^[A-Z].*\.$/),
      });
    expect(Object.keys(card.outputs)).toContain('not_found');
    for (const branch of Object.values(card.outputs)) expect(branch).toMatch(/^[A-Z].*[^.]$/);
  });
});

test('the uuids of manifest, triggers and actions are all different', async () => {
  const triggers = [...cards.filter(([file]) => file.startsWith('trigger_')), ...actions].map(([, { uuid }]) => uuid);
  const uuids = [(await json('manifest.json'))['uuid'], ...triggers];
  expect(new Set(uuids).size).toBe(uuids.length);
});

test('the logo is square, small and loads nothing', async () => {
  const logo = await text('logo.svg');
  expect(logo).toMatch(/width="128" height="128"/);
  expect(logo.replace('http://www.w3.org/2000/svg', '')).not.toMatch(/http|<script|<image/);
  expect((await stat(new URL('logo.svg', root))).size).toBeLessThan(50 * 1024);
});

test.each(['manifest.json', ...cardFiles, ...actionFiles])(
  '%s is written as the linter of the library wants it',
  async (file) => {
    // Python's json.dumps(…, indent=2), without a final line break.
    const content = await text(file);
    expect(content).toBe(JSON.stringify(JSON.parse(content), null, 2));
    expect(content).toMatch(/^[\n\x20-\x7e]*$/);
  },
);

test('the generated files are those of the cards', async () => {
  const script = fileURLToPath(new URL('scripts/generate/main.mjs', root));
  const { stdout } = await promisify(execFile)(process.execPath, [script, '--check']);
  expect(stdout).toBe('');
});
