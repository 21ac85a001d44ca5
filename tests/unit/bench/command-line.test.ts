import { describe, expect, test } from '@jest/globals';
import { HELP, MEASUREMENTS, readCommandLine, UsageError } from '../../../bench/src/command-line.js';

describe('the command line of the bench', () => {
  test('without options everything is measured, of both APIs', () => {
    expect(readCommandLine([])).toMatchObject({
      only: MEASUREMENTS,
      apis: ['reporting-web-service', 'graph'],
      variants: [
        { format: 'raw', gzip: false },
        { format: 'normalized', gzip: false },
        { format: 'normalized', gzip: true },
        { format: 'enriched', gzip: false },
      ],
      pairs: 5,
      rows: 400_000,
      write: false,
      short: false,
    });
  });

  test('names what is chosen', () => {
    expect(
      readCommandLine(['--only', 're-read, first-read', '--apis=graph', '--variants', 'enriched-gzip', '--pairs', '7']),
    ).toMatchObject({
      only: ['first-read', 're-read'],
      apis: ['graph'],
      variants: [{ format: 'enriched', gzip: true }],
      pairs: 7,
    });
  });

  test('--help wins over everything but a wrong option, and names every option and measurement', () => {
    expect(readCommandLine(['--short', '--help'])).toBe('help');
    for (const name of MEASUREMENTS) expect(HELP).toContain(`\n                    ${name} `);
    const options = 'only apis variants pairs rows minutes json write short record help'.split(' ');
    for (const name of options) expect(HELP).toContain(`\n  --${name} `);
  });

  test.each([
    [['--only', 'everything'], '--only must be of first-read, re-read'],
    [['--only', ''], '--only must be of'],
    [['--apis', 'graph,ews'], '--apis must be of reporting-web-service, graph, but is "ews"'],
    [['--pairs', '0'], '--pairs must be a whole number from 1 to 1000, but is "0"'],
    [['--pairs', '1.5'], '--pairs must be a whole number'],
    [['--rows', '4000000'], '--rows must be a whole number from 1000 to 3500000'],
    [['--minutes', 'x'], '--minutes must be a number from 1'],
    [['--record'], '--record needs --short'],
    [['--short', '--write'], '--short always measures the same'],
    [['--short', '--pairs', '3'], '--short always measures the same'],
    [['--fast'], '--fast'],
  ])('%j is refused', (argv, message) => {
    expect(() => readCommandLine(argv)).toThrow(UsageError);
    expect(() => readCommandLine(argv)).toThrow(message);
  });
});
