import { expect } from '@jest/globals';
import type { TriggerProcess } from '@local/testbed';
import { piecesOf } from '../../tools/testbed/src/chaos/test-bed/output-watch.js';
import { type Scenario } from './scenario.js';
import { account, application, intakeKey, token } from './sign-in-scenarios.js';

/**
 * Stops the triggers that still run, and asserts that no secret of the scenario stands in their answers, in logs or in
 * files.
 */
export async function expectNoSecret(scenario: Scenario, more: readonly string[] = []): Promise<void> {
  const responses = await Promise.all(scenario.started.map(responsesOf));
  await Promise.all(scenario.started.map((trigger) => trigger.stop()));
  const all = [await scenario.traces(), ...responses].join('\n');
  expect(all.length).toBeGreaterThan(0);
  // Only the beginning is named, should one be found.
  const secrets = [...secretsOf(scenario), ...more];
  const found = secrets.filter((secret) => piecesOf(secret).some((piece) => all.includes(piece)));
  expect(found.map((secret) => secret.slice(0, 4))).toEqual([]);
}

export function secretsOf({ simulator }: Scenario): string[] {
  return [
    account.accountPassword,
    // What HTTP Basic sends.
    Buffer.from(`${account.accountName}:${account.accountPassword}`).toString('base64'),
    application.clientSecret,
    intakeKey,
    token,
    ...simulator.tokenService.issued,
  ];
}

/** Health and metrics; nothing of a process that has ended. */
export async function responsesOf(trigger: TriggerProcess): Promise<string> {
  const responses = await Promise.allSettled([trigger.health(), trigger.metrics()]);
  return responses
    .map((response) => (response.status === 'fulfilled' ? JSON.stringify(response.value) : ''))
    .join('\n');
}
