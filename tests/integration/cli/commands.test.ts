import { spawnSync } from 'node:child_process';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type MailRow, type Simulator, startSimulator } from '@local/testbed';
import { accountEnv, applicationEnv, runCommand } from '../../support/command-line.js';
import { minute } from '../../support/scenario.js';
import { application } from '../../support/sign-in-scenarios.js';

const UNKNOWN_ID = '00000000-0000-4000-8000-000000000000';
const COMMANDS = ['check', 'search', 'details', 'recipients', 'normalize', 'state', 'completion'];

describe('asking', () => {
  let simulator: Simulator;
  let rows: readonly MailRow[];

  beforeEach(async () => {
    simulator = await startSimulator({ graph: { quotaRequests: 100_000 }, tokenService: application });
    const from = Date.now() - 90 * minute;
    simulator.world.add({ rows: 40, recipients: 40, from, to: from + 1 });
    const everything = { fromMs: -Infinity, toMs: Infinity, inclusive: true };
    rows = Array.from(simulator.world.select(everything, Date.now()), (key) => simulator.world.row(key, Date.now()));
  });
  afterEach(() => simulator.close());

  const ask = (...args: string[]) => runCommand(args, { env: applicationEnv(simulator) });

  test('all recipients of a message', async () => {
    const { code, stdout, stderr } = await ask('recipients', '--message-trace-id', rows[0]!.traceId);
    expect(code).toBe(0);
    const found = stdout
      .trimEnd()
      .split('\n')
      .map((line) => (JSON.parse(line) as { recipient: string }).recipient);
    expect(found.sort()).toEqual(rows.map(({ recipient }) => recipient).sort());
    expect(stderr).toMatch(/^40 recipients of 1 messages: /);
  });

  test('the way of a message to one of them', async () => {
    const { traceId, recipient } = rows[0]!;
    const args = ['details', '--message-trace-id', traceId, '--recipient', recipient, '--format', 'json'];
    const { code, stdout } = await ask(...args);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ found: true });
    const unknown = await ask('details', '--message-trace-id', UNKNOWN_ID, '--recipient', 'nobody@example.com');
    expect(unknown).toMatchObject({ code: 0, stdout: '' });
    expect(unknown.stderr).toContain('is not known to Microsoft');
  });

  test('without a message nothing is asked', async () => {
    const { code, stderr } = await ask('recipients', '--sender', 'alice@example.com');
    expect({ code, stderr }).toMatchObject({ code: 2, stderr: expect.stringContaining('Name the message') as unknown });
  });

  test('the Reporting Web Service cannot be searched', async () => {
    const { code, stderr } = await runCommand(['search'], { env: accountEnv(simulator) });
    expect(code).toBe(1);
    expect(stderr).toMatch(/cannot be searched\. Give client_id/);
  });
});

describe('help and completion', () => {
  test('every command has help with an example', async () => {
    const { code, stdout } = await runCommand(['--help'], { env: {} });
    expect(code).toBe(0);
    for (const command of COMMANDS) {
      expect(stdout).toContain(`  ${command}`);
      const help = await runCommand([command, '--help'], { env: {} });
      expect(help).toMatchObject({ code: 0, stderr: '', stdout: expect.stringMatching(/Examples?:/) as unknown });
    }
  });

  test('bash completes commands, options and values', async () => {
    const { stdout: script } = await runCommand(['completion', 'bash'], { env: {} });
    const complete = (...words: string[]) => {
      const quoted = words.map((word) => `'${word}'`).join(' ');
      const run = `${script}\nCOMP_WORDS=(${quoted}); COMP_CWORD=${words.length - 1}; _message_trace; echo "\${COMPREPLY[@]}"`;
      return spawnSync('bash', ['-c', run], { encoding: 'utf8' }).stdout.trim().split(' ');
    };
    expect(complete('message-trace', '')).toEqual(expect.arrayContaining(COMMANDS));
    expect(complete('message-trace', 'state', '')).toEqual(expect.arrayContaining(['show', 'replay-dead-letters']));
    expect(complete('message-trace', 'search', '--format', 'n')).toEqual(['ndjson']);
    expect(complete('message-trace', 'search', '--since', '2h', '--sen')).toEqual(['--sender']);
  });

  test.each(['zsh', 'fish'])('%s has every command', async (shell) => {
    const { code, stdout } = await runCommand(['completion', shell], { env: {} });
    expect(code).toBe(0);
    for (const command of COMMANDS) expect(stdout).toContain(command);
  });
});
