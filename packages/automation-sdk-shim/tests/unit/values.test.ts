import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { Values } from '../../src/configuration/values.js';
import { ConfigurationError } from '../../src/errors.js';
import { temporaryFolder } from '../support/temporary-folder.js';

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
    const warn = () => {
      throw new Error('warned');
    };
    const { values } = valuesWith({ low: '0', blanks: ' 8020 \n' });
    expect(values.port('low', 8000, warn)).toBe(0);
    expect(values.port('blanks', 8000, warn)).toBe(8020);
    expect(values.port('none', 8000, warn)).toBe(8000);
  });

  test.each([
    ['METRICS_PORT', 'tcp://10.96.12.7:8020'],
    ['METRICS_PORT', 'udp://10.96.12.7:53'],
    ['LIVENESS_PORT', 'tcp://[fd00::7]:8000'],
    ['LIVENESS_PORT', 'TCP://172.17.0.2:80'],
  ])('%s=%s is a link to a service: one warning, and the fallback', (name, link) => {
    const warnings: string[] = [];
    const { values } = valuesWith({}, { [name]: link });
    expect(values.port(name.toLowerCase(), 8000, (text) => warnings.push(text))).toBe(8000);
    expect(warnings).toEqual([expect.stringContaining(`${name} is the address of a service`)]);
  });

  test.each(['abc', '70000', '65536', '-1', '8020/tcp', '0x1f54', '80 20', '8020.5'])(
    'a port that is "%s": one warning, and the fallback',
    (text) => {
      const warnings: string[] = [];
      const { values } = valuesWith({ metrics_port: text });
      expect(values.port('metrics_port', 8020, (line) => warnings.push(line))).toBe(8020);
      expect(warnings).toEqual([
        expect.stringContaining(
          '"metrics_port" is not a port number between 0 and 65535 (0: any free port): port 8020',
        ),
      ]);
    },
  );

  test('the places of a value are both named', () => {
    expect(new Values({}).places('token')).toBe('the file /symphony/token or the environment variable TOKEN');
  });
});
