import { expect } from '@jest/globals';
import type { TriggerProcess } from '@local/playbook-runner';
import { intakeKey, token, type Scenario } from './scenario.js';
import { account, application } from './ways.js';

/** Stops the triggers that still run, and asserts that no secret of the scenario stands in their answers, in logs or in files. */
export async function expectNoSecret(scenario: Scenario, more: readonly string[] = []): Promise<void> {
  const answers = await Promise.all(scenario.started.map(answersOf));
  await Promise.all(scenario.started.map((trigger) => trigger.stop()));
  const all = [await scenario.traces(), ...answers].join('\n');
  expect(all.length).toBeGreaterThan(0);
  // Only the beginning is named, should one be found.
  const secrets = [...secretsOf(scenario), ...more];
  const found = secrets.filter((secret) => spellingsOf(secret).some((spelling) => all.includes(spelling)));
  expect(found.map((secret) => secret.slice(0, 4))).toEqual([]);
}

function secretsOf({ simulator }: Scenario): string[] {
  return [
    account.accountPassword,
    `${account.accountName}:${account.accountPassword}`,
    application.clientSecret,
    intakeKey,
    token,
    // Of a token that came cut off there is only the beginning.
    ...simulator.tokenService.issued.map((text) => text.slice(0, 39)),
  ];
}

/** How a secret may look in a URL, a form, JSON, JSON within JSON, or a header. */
function spellingsOf(secret: string): string[] {
  const inJson = JSON.stringify(secret).slice(1, -1);
  return [
    secret,
    inJson,
    JSON.stringify(inJson).slice(1, -1),
    encodeURIComponent(secret),
    new URLSearchParams({ '': secret }).toString().slice(1),
    Buffer.from(secret).toString('base64'),
    Buffer.from(secret).toString('base64url'),
  ];
}

/** Health and metrics; nothing of a process that has ended. */
async function answersOf(trigger: TriggerProcess): Promise<string> {
  const answers = await Promise.allSettled([trigger.health(), trigger.metrics()]);
  return answers.map((answer) => (answer.status === 'fulfilled' ? JSON.stringify(answer.value) : '')).join('\n');
}
