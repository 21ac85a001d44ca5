import { describe, expect, test } from '@jest/globals';
import { HELP, readCommandLine, UsageError } from '../../../src/chaos/command-line.js';

describe('the command line', () => {
  test('has a default for everything; the seed is drawn', () => {
    expect(readCommandLine([], 42)).toEqual({
      minutes: 2,
      seed: 42,
      signInScenario: 'application',
      chunkSize: 200,
      rate: 72_000,
      keep: false,
      only: [],
      without: [],
    });
  });

  test('is read', () => {
    const argv =
      '--minutes 0.5 --seed 7 --sign-in basic --chunk-size 50 --rate 1000 --keep --only kill --without echo,bomb'.split(
        ' ',
      );
    expect(readCommandLine(argv, 42)).toEqual({
      minutes: 0.5,
      seed: 7,
      signInScenario: 'basic',
      chunkSize: 50,
      rate: 1000,
      keep: true,
      only: ['kill'],
      without: ['echo', 'bomb'],
    });
  });

  test('asks for help, which names every option', () => {
    expect(readCommandLine(['--help'], 42)).toBe('help');
    for (const option of ['minutes', 'seed', 'sign-in', 'chunk-size', 'rate', 'keep', 'help'])
      expect(HELP).toContain(`--${option}`);
  });

  test.each([
    [['--minutes', '0'], '--minutes must be a number from 0.1 to 10080, but is "0". See --help.'],
    [['--minutes', ''], '--minutes must be a number'],
    [['--seed', '1.5'], '--seed must be a whole number from 0 to 2147483648, but is "1.5". See --help.'],
    [['--chunk-size', '0'], '--chunk-size must be a whole number from 1 to 10000, but is "0". See --help.'],
    [['--rate', 'many'], '--rate must be a whole number from 1 to 1000000, but is "many". See --help.'],
    [['--sign-in', 'graph'], '--sign-in must be basic or account or application, but is "graph". See --help.'],
    [['--fast'], "'--fast'"],
    [['now'], "'now'"],
  ])('refuses %j with what would be right', (argv, message) => {
    expect(() => readCommandLine(argv, 42)).toThrow(UsageError);
    expect(() => readCommandLine(argv, 42)).toThrow(message);
  });
});
