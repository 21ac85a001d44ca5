import { describe, expect, test } from '@jest/globals';
import type { Manifest } from '../../src/configuration/cards.js';
import { secretsNeedOf, settingsOfItem } from '../../src/module/settings-of-item.js';
import type { JsonObject } from '../../src/json.js';

const schema = {
  type: 'object',
  properties: {
    tenant: { type: 'string', title: 'Tenant' },
    password: { type: 'string', title: 'Password' },
    region: { type: 'string', enum: ['here', 'there'], default: 'here' },
  },
  required: [],
  secrets: ['password'],
};

const item = {
  rules: ({ tenant, password }: JsonObject) => [
    ...(tenant === undefined ? ['"tenant" is missing.'] : []),
    ...(password === 'wrong' ? ['"password" is wrong.'] : []),
  ],
  settingsFromModule: (own: JsonObject, module: JsonObject) =>
    Object.fromEntries(Object.entries(module).filter(([name]) => own[name] === undefined)),
};
const settings = (raw: JsonObject, secrets: JsonObject, module?: JsonObject) =>
  settingsOfItem({ raw, schema }, secrets, () => undefined, item, module);

describe('settings that the module’s configuration completes', () => {
  test.each<[string, JsonObject, JsonObject, JsonObject]>([
    ['left out', {}, {}, { tenant: 'contoso', password: 'of the module' }],
    ['empty', { tenant: '', password: null }, {}, { tenant: 'contoso', password: 'of the module' }],
    ['the item’s own', { tenant: 'own' }, {}, { tenant: 'own', password: 'of the module' }],
    ['the item’s own secret', {}, { password: 'own' }, { tenant: 'contoso', password: 'own' }],
  ])('are used where they are not %s', (_, raw, secrets, expected) => {
    const { values } = settings(raw, secrets, { tenant: 'contoso', password: 'of the module' });
    expect(values).toEqual({ region: 'here', ...expected });
  });

  test('come before the card’s defaults, and count as given', () => {
    const { values, given, origin } = settings({ tenant: 'own' }, {}, { region: 'there' });
    expect(values['region']).toBe('there');
    expect(given.has('region')).toBe(true);
    expect(origin).toBe('The connected account (the module\'s configuration) gives "region".');
  });

  test('are named where something is wrong, without their values', () => {
    const check = () => settings({}, {}, { tenant: 'contoso', password: 'wrong' });
    expect(check).toThrow(/"password" is wrong\..* gives "tenant" \(Tenant\), "password" \(Password\)\.$/);
    expect(check).not.toThrow(/contoso/);
  });

  test('leave everything as it was where there are none', () => {
    expect(settings({ tenant: 'own' }, {})).toEqual(settings({ tenant: 'own' }, {}, {}));
    expect(settings({ tenant: 'own' }, {})).not.toHaveProperty('origin');
    expect(() => settings({}, {})).toThrow(/^"tenant" is missing\. Correct the settings in the playbook\.$/);
  });
});

describe('secrets of the module', () => {
  const manifest = (required: string[], secrets: string[]): Manifest => ({
    name: 'x',
    slug: 'x',
    version: '1.0.0',
    configuration: { type: 'object', properties: { tenant: {}, api_secret: {} }, required, secrets },
  });
  const needOf = (of: Manifest, module: JsonObject, raw: JsonObject = {}) =>
    secretsNeedOf({ raw, schema: { ...schema, secrets: [] } }, of, module);

  test.each<[string, Manifest, JsonObject, ReturnType<typeof needOf>]>([
    ['required where it is configured', manifest([], ['api_secret']), { tenant: 'x' }, 'required'],
    ['required where one is masked', manifest([], ['api_secret']), { api_secret: '*****' }, 'required'],
    ['required where it must be configured', manifest(['tenant'], ['api_secret']), {}, 'required'],
    ['optional where it is not configured', manifest([], ['api_secret']), {}, 'optional'],
    ['optional where its fields are empty', manifest([], ['api_secret']), { tenant: '', api_secret: null }, 'optional'],
    ['optional where others’ fields are filled in', manifest([], ['api_secret']), { other: 'x' }, 'optional'],
    ['not asked for where there are none', manifest([], []), { tenant: 'x' }, undefined],
  ])('are %s', (_, of, module, need) => {
    expect(needOf(of, module)).toBe(need);
  });

  test('give way to masked settings of the item where the module is not configured', () => {
    expect(needOf(manifest([], ['api_secret']), {}, { tenant: '*****' })).toBe('masked');
  });
});
