import { describe, expect, test } from '@jest/globals';
import { isStarted, tellRestart, triggerAction } from '../../page/views/playbook/state-story.js';
import { playbookPath, tabItems, tabOf } from '../../page/views/playbook/tabs.js';
import type { PlaybookState, PlaybookSummary } from '../../src/wire/playbook.js';

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
    expect(tellRestart(null, 0)).toContain('stop and start it');
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
