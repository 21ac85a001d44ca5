import { describe, expect, test } from '@jest/globals';
import { problemsOfStart } from '../../src/guard.js';

const safe = { env: {}, execArgv: [], maxOpenFiles: 1_024 };

describe('a start that exposes secrets is refused', () => {
  test.each([
    '--inspect',
    '--inspect=0.0.0.0:9229',
    '--inspect-brk',
    '--inspect-wait',
    '--inspect_port=1',
    '--report-on-signal',
    '--report_on_fatalerror',
    '--report-uncaught-exception',
    '--report-signal=SIGUSR2',
    '--heapsnapshot-signal=SIGUSR2',
    '--heapsnapshot-near-heap-limit=1',
    '--heap-prof',
    '--abort-on-uncaught-exception',
    '--tls-keylog=/tmp/keys',
    '--trace-tls',
    '--insecure-http-parser',
    '--security-revert=CVE-2023-46809',
  ])('%s in NODE_OPTIONS and on the command line, among others and in quotation marks', (option) => {
    const name = option.split('=')[0]!.replaceAll('_', '-');
    for (const text of [option, `--max-old-space-size=256 ${option}`, `"${option}"`, `--no-warnings\t"${option}" `]) {
      const problems = problemsOfStart({ ...safe, env: { NODE_OPTIONS: text } });
      expect(problems).toEqual([expect.stringContaining(`NODE_OPTIONS holds ${name}: it `)]);
    }
    expect(problemsOfStart({ ...safe, execArgv: ['--no-warnings', option] })).toEqual([
      expect.stringContaining(`The command line holds ${name}: it `),
    ]);
  });

  test.each([
    '',
    '--max-old-space-size=512 --enable-source-maps',
    '--import=/otel/register.js',
    '--require "/srv/my--inspect/hook.js"',
    '--no-warnings --dns-result-order=ipv4first',
    '--use-openssl-ca --trace-warnings',
  ])('NODE_OPTIONS of "%s" is accepted', (NODE_OPTIONS) => {
    expect(problemsOfStart({ ...safe, env: { NODE_OPTIONS } })).toEqual([]);
  });

  test('NODE_DEBUG and an unchecked TLS are refused, each with what to do', () => {
    const problems = problemsOfStart({ ...safe, env: { NODE_DEBUG: 'http', NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
    expect(problems).toEqual([
      'NODE_DEBUG is set: it writes tokens to the log. Unset it.',
      expect.stringMatching(/^NODE_TLS_REJECT_UNAUTHORIZED is 0: .* NODE_EXTRA_CA_CERTS\.$/),
    ]);
    expect(problemsOfStart({ ...safe, env: { NODE_DEBUG: '', NODE_TLS_REJECT_UNAUTHORIZED: '1' } })).toEqual([]);
  });

  test('the values of options are not repeated: they may be secrets', () => {
    const env = { NODE_OPTIONS: '--tls-keylog=/home/alice/keys', NODE_DEBUG: 'secret' };
    expect(problemsOfStart({ ...safe, env }).join()).not.toMatch(/alice|secret/);
  });
});

test.each([
  [20, 1],
  [64, 1],
  [255, 1],
  [256, 0],
  [Number.POSITIVE_INFINITY, 0],
  [undefined, 0],
])('a limit of %s open files gives %i problems', (maxOpenFiles, count) => {
  expect(problemsOfStart({ ...safe, maxOpenFiles })).toHaveLength(count);
});
