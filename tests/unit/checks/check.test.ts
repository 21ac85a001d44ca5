import { describe, expect, test } from '@jest/globals';
import { type Check, type CheckResult, runChecks, textOf } from '../../../src/checks/check.js';
import { NotReadyError, SettingsError, UnavailableError } from '../../../src/model/errors.js';

const { signal } = new AbortController();
const good = { outcome: 'good', sentence: 'Fine.' } as const;
const finds = (name: string, needs: string[] = []): Check => ({ name, needs, run: () => good });
const fails = (name: string, error: Error, more: Partial<Check> = {}): Check => ({
  name,
  run: () => Promise.reject(error),
  ...more,
});

async function results(checks: readonly Check[], limitMs?: number): Promise<CheckResult[]> {
  const found: CheckResult[] = [];
  for await (const result of runChecks(checks, signal, limitMs)) found.push(result);
  return found;
}

describe('checks', () => {
  test('come in their order, and what needs a bad one is skipped, however far behind', async () => {
    const found = await results([
      finds('first'),
      fails('second', new SettingsError('It is wrong.', { remedy: 'Correct it.' })),
      finds('third', ['second']),
      finds('fourth', ['third']),
      finds('fifth', ['first']),
    ]);
    expect(found).toEqual([
      { name: 'first', ...good },
      { name: 'second', outcome: 'bad', sentence: 'It is wrong.', remedy: 'Correct it.' },
      { name: 'third', outcome: 'skipped', sentence: 'Not checked, because of "second".' },
      { name: 'fourth', outcome: 'skipped', sentence: 'Not checked, because of "third".' },
      { name: 'fifth', ...good },
    ]);
  });

  test('a skipped one is no reason to skip another', async () => {
    const unknown: Check = { name: 'one', run: () => ({ outcome: 'skipped', sentence: 'Not known.' }) };
    expect((await results([unknown, finds('two', ['one'])])).map(({ outcome }) => outcome)).toEqual([
      'skipped',
      'good',
    ]);
  });

  test.each([
    [new UnavailableError('It is away.'), 'It is away. Look at the network.'],
    [new SettingsError('It is wrong.', { remedy: 'Correct it.' }), 'It is wrong. Correct it.'],
    [new NotReadyError('Not yet.', 'Wait.'), 'Not yet. Wait.'],
  ])('the remedy is the error’s own, else the check’s: %s', async (error, text) => {
    const [result] = await results([fails('one', error, { remedyWithoutAnswer: 'Look at the network.' })]);
    expect(textOf(result!)).toBe(text);
  });

  test('one without an answer ends at its limit', async () => {
    const hangs = (limited: AbortSignal) =>
      new Promise<never>((_, reject) => limited.addEventListener('abort', () => reject(limited.reason as Error)));
    const [first, second] = await results(
      [{ name: 'one', remedyWithoutAnswer: 'Look.', run: hangs }, finds('two')],
      20,
    );
    expect(textOf(first!)).toBe('No answer came within 0.02 s. Look.');
    expect(second).toMatchObject(good);
  });

  test('a bug is no finding', async () => {
    await expect(results([fails('one', new TypeError('a bug'))])).rejects.toThrow('a bug');
  });

  test('end where they are stopped', async () => {
    const stop = new AbortController();
    const checks = runChecks(
      [{ name: 'one', run: () => (stop.abort(), Promise.reject(new Error('stopped'))) }],
      stop.signal,
    );
    await expect(checks.next()).rejects.toThrow(/aborted/);
  });
});
