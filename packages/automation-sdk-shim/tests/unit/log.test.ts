import { Writable } from 'node:stream';
import { describe, expect, test } from '@jest/globals';
import { writeToStandardError } from '../../src/log/log.js';
import { recordedLog } from '../support/recorded-log.js';

describe('log', () => {
  test('the same message of the same level passes once in 60 s, critical always', () => {
    let now = 0;
    const { log, lines } = recordedLog(() => now);
    log.warning('late');
    log.warning('late');
    log.error('late');
    now = 59_999;
    log.warning('late');
    now = 60_000;
    log.warning('late');
    log.critical('over');
    log.critical('over');
    expect(lines.map(({ level }) => level)).toEqual(['warning', 'error', 'warning', 'critical', 'critical']);
  });

  test('a clock that jumps back does not silence the log', () => {
    let now = 1_000_000;
    const { log, lines } = recordedLog(() => now);
    log.info('here');
    now = 0;
    log.info('here');
    expect(lines).toHaveLength(2);
  });

  test('an exception has its stack and its causes on standard error, one line on the platform, secrets on neither', () => {
    const { log, redactor, at } = recordedLog();
    const shipped: string[] = [];
    redactor.add('hunter22');
    log.shipTo({ add: (_level, message) => shipped.push(message) });
    log.exception(new Error('with hunter22', { cause: new TypeError('deep hunter22') }), 'It failed.');
    const [written = ''] = at('error');
    expect(written).toMatch(/^It failed\.\nError: with \*\*\*\n +at .*/);
    expect(written).toContain('Caused by TypeError: deep ***');
    expect(written).not.toContain('hunter');
    expect(shipped).toEqual(['It failed.\nError: with ***']);
  });

  test('other properties of errors go nowhere', () => {
    const { log, at } = recordedLog();
    log.exception(Object.assign(new Error('x'), { config: { headers: 'Bearer abcdef' } }), 'It failed.');
    expect(at('error').join()).not.toContain('abcdef');
  });

  test('lines are JSON with level, time and msg, and lower levels are left out', () => {
    const chunks: string[] = [];
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        chunks.push(chunk.toString());
        done();
      },
    });
    const write = writeToStandardError('info', stream);
    write('debug', 'no');
    write('critical', 'yes');
    expect(chunks).toHaveLength(1);
    const line = JSON.parse(chunks[0]!) as Record<string, unknown>;
    expect(line).toMatchObject({ level: 'critical', msg: 'yes' });
    expect(Date.parse(String(line['time']))).not.toBeNaN();
  });
});
