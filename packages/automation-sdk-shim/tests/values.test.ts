import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Values } from '../src/configuration/values.js';
import { ConfigurationError } from '../src/errors.js';
import { temporaryFolder } from './support/temporary-folder.js';

function valuesWith(files: Record<string, string>, env: Record<string, string> = {}) {
  const volume = temporaryFolder();
  for (const [name, content] of Object.entries(files)) writeFileSync(join(volume, name), content);
  return { values: new Values({ ...env, SYMPHONY_VOLUME: volume }), volume };
}

describe('values of the platform', () => {
  test('a file wins over the environment variable of the same name', () => {
    const { values } = valuesWith({ token: 'from file\n' }, { TOKEN: 'from environment' });
    expect(values.text('token')).toBe('from file');
  });

  test('an empty file counts as absent, and so does an empty variable', () => {
    expect(valuesWith({ token: '\n' }, { TOKEN: 'used' }).values.text('token')).toBe('used');
    expect(valuesWith({}, { TOKEN: '' }).values.text('token')).toBeUndefined();
  });

  test('a folder in the place of a file counts as absent', () => {
    const { values, volume } = valuesWith({}, { TOKEN: 'used' });
    mkdirSync(join(volume, 'token'));
    expect(values.text('token')).toBe('used');
  });

  test.each([
    ['plain JSON', '{"a":1}'],
    ['JSON in base64', Buffer.from('{"a":1}').toString('base64')],
  ])('the environment gives objects as %s', (_form, text) => {
    expect(valuesWith({}, { TRIGGER_CONFIGURATION: text }).values.object('trigger_configuration')).toEqual({ a: 1 });
  });

  test('an object that cannot be read is named but not quoted', () => {
    const { values, volume } = valuesWith(
      { trigger_configuration: '{"password":"hunter22"' },
      { OTHER: '["hunter22"]' },
    );
    const message = (name: string) => {
      try {
        values.object(name);
      } catch (error) {
        if (error instanceof ConfigurationError) return error.message;
      }
      throw new Error('no ConfigurationError');
    };
    expect(message('trigger_configuration')).toContain(join(volume, 'trigger_configuration'));
    expect(message('trigger_configuration')).not.toContain('hunter');
    expect(message('other')).toContain('environment variable OTHER');
    expect(message('other')).not.toContain('hunter');
  });

  test('a port is a number up to 65535, and absent means the fallback', () => {
    const { values } = valuesWith({ low: '0', high: '65536', word: 'http', sign: '-1' });
    expect(values.port('low', 8000)).toBe(0);
    expect(values.port('none', 8000)).toBe(8000);
    for (const name of ['high', 'word', 'sign']) {
      expect(() => values.port(name, 8000)).toThrow(`"${name}" must be a port number between 0 and 65535`);
    }
  });

  test('the places of a value are both named', () => {
    expect(new Values({}).places('token')).toBe('the file /symphony/token or the environment variable TOKEN');
  });
});
