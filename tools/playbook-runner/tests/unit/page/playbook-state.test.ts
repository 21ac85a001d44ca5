import { describe, expect, test } from '@jest/globals';
import {
  blamesSettings,
  cutFirstSentence,
  isStarted,
  stateWords,
  tellRestart,
  triggerAction,
} from '../../../page/views/playbook/state-story.js';
import { playbookPath, tabItems, tabOf } from '../../../page/views/playbook/tabs.js';
import type { PlaybookState, PlaybookSummary } from '../../../src/wire/playbook.js';

describe('a trigger', () => {
  test.each<[PlaybookState, string, boolean]>([
    [{ name: 'configuration-issues' }, 'start', false],
    [{ name: 'ready-to-start' }, 'start', false],
    [{ name: 'starting' }, 'stop', true],
    [{ name: 'running' }, 'stop', true],
    [{ name: 'stopping' }, 'none', true],
    [{ name: 'trigger-crashed', why: '', restartAtMs: null }, 'stop', true],
  ])('in the state %j offers %s', (state, action, started) => {
    expect(triggerAction(state)).toBe(action);
    expect(isStarted(state)).toBe(started);
  });

  test('that crashed says when it starts again', () => {
    expect(tellRestart(12_500, 1_000)).toBe('It starts again in 12 s.');
    expect(tellRestart(1_000, 1_000)).toBe('It starts again now.');
  });

  test('that still runs but cannot go on says what to do', () => {
    expect(tellRestart(null, 0)).toContain('stop it, then start it');
  });

  test.each([
    ['The account was refused. Check account_password. [MT-SETTINGS]', true],
    ['The intake turns the intake key away. [SDK-INTAKE]', true],
    ['The data folder is full. Free space. [MT-STORAGE]', false],
    ['ended with exit code 1', false],
  ])('that says “%s” has its settings to blame: %s', (why, settings) => {
    expect(blamesSettings(why)).toBe(settings);
  });
});

describe('the state of a trigger at a glance', () => {
  const complaint = 'Microsoft is not available.';

  test('is not simply “Running” while the trigger complains', () => {
    expect(stateWords({ state: { name: 'running' }, complaint: null })).toEqual({ words: 'Running', tone: 'good' });
    expect(stateWords({ state: { name: 'running' }, complaint })).toEqual({
      words: 'Running, not healthy',
      tone: 'caution',
    });
  });

  test('is graver than a complaint where it does not run', () => {
    const crashed = { name: 'trigger-crashed', why: complaint, restartAtMs: null } as const;
    expect(stateWords({ state: crashed, complaint }).words).toBe('Trigger crashed');
    expect(stateWords({ state: { name: 'stopping' }, complaint }).words).toBe('Stopping');
  });
});

describe('the first sentence of a message', () => {
  test.each([
    ['It cannot go on. Check the name. Then start it.', 'It cannot go on.', 'Check the name. Then start it.'],
    ['127.0.0.1:443 is not available (HTTP 503).', '127.0.0.1:443 is not available (HTTP 503).', ''],
    ['Refused (401: Denied. Try later.). Check the name.', 'Refused (401: Denied. Try later.).', 'Check the name.'],
    ['Does it answer? No.', 'Does it answer?', 'No.'],
    ['killed by SIGKILL', 'killed by SIGKILL', ''],
    ['An open bracket (is no reason. To lose words.', 'An open bracket (is no reason. To lose words.', ''],
  ])('of “%s”', (message, first, rest) => {
    expect(cutFirstSentence(message)).toEqual([first, rest]);
  });
});

describe('the tabs of a playbook', () => {
  const playbook: PlaybookSummary = {
    id: 'demo',
    name: 'Demo',
    trigger: 'message_trace',
    state: { name: 'running' },
    startedAtMs: null,
    restarts: 0,
    complaint: null,
    needsRestart: false,
    usesSimulatedTenant: true,
  };

  test('have addresses', () => {
    expect(playbookPath('demo', 'logs')).toBe('/playbooks/demo/logs');
    expect(tabOf('logs', playbook)).toBe('logs');
  });

  test('lead to the overview for what is no tab', () => {
    expect(tabOf('nowhere', playbook)).toBe('overview');
    expect(tabOf(undefined, playbook)).toBe('overview');
  });

  test('show the simulation only to those who read it', () => {
    const other = { ...playbook, usesSimulatedTenant: false };
    expect(tabItems(playbook).map(({ id }) => id)).toContain('simulation');
    expect(tabItems(other).map(({ id }) => id)).not.toContain('simulation');
    expect(tabOf('simulation', other)).toBe('overview');
  });
});
