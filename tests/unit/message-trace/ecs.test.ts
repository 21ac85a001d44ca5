import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { eventFields } from '../../../src/message-trace/fields.js';

interface EcsField {
  readonly type: string;
  readonly isArray: boolean;
}

const path = new URL('../../fixtures/ecs/fields.csv', import.meta.url);
const [, ...lines] = readFileSync(path, 'utf8')
  .trim()
  .split('\n')
  .filter((line) => !line.startsWith('#'));
const ecs = new Map(
  lines.map((line): [string, EcsField] => {
    const [name = '', type = '', normalization] = line.split(',');
    return [name, { type, isArray: normalization === 'array' }];
  }),
);

/** Of a text, ECS has types that only differ in how it is indexed. */
const sameType = new Map([['wildcard', 'keyword']]);
/** Since 1.0.0 one text each, as in the sample of Sekoia.io. Elasticsearch takes a value for a list of one. */
const oneText = new Set(['email.from.address', 'email.to.address']);

test('the copy of the Elastic Common Schema is not empty', () => {
  expect(ecs.get('@timestamp')).toEqual({ type: 'date', isArray: false });
  expect(ecs.get('related.user')).toEqual({ type: 'keyword', isArray: true });
  expect(ecs.size).toBeGreaterThan(200);
});

test.each(eventFields.filter(({ name }) => !name.startsWith('office365.')))(
  '$name is a field of the Elastic Common Schema, of type $type',
  ({ name, type }) => {
    const field = ecs.get(name);
    expect(field).toBeDefined();
    const { type: ecsType, isArray } = field!;
    const plain = sameType.get(ecsType) ?? ecsType;
    expect(type).toBe(isArray && !oneText.has(name) ? `${plain}[]` : plain);
  },
);

test('no name stands twice, and none within another', () => {
  const names = eventFields.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  const within = names.filter((name) => names.some((other) => name.startsWith(`${other}.`)));
  expect(within).toEqual([]);
});
