import { Scenario } from './scenario.js';
import { expectNoSecret } from './secrets.js';

/**
 * Sets a scenario up, lets a test go through it, and looks for secrets in everything that came out, before it is taken
 * down.
 * @param secrets those that the test itself brings
 */
export async function failureRun(
  options: Parameters<typeof Scenario.open>[0],
  body: (scenario: Scenario) => Promise<void>,
  secrets: readonly string[] = [],
): Promise<void> {
  const scenario = await Scenario.open(options);
  try {
    await body(scenario);
    await expectNoSecret(scenario, secrets);
  } catch (error) {
    process.stdout.write(`The last lines of the trigger:\n${scenario.output.slice(-60).join('\n')}\n`);
    throw error;
  } finally {
    await scenario.close();
  }
}
