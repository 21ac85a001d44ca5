import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { type SignInScenarioName } from '@local/testbed';
import { piecesOf } from '../../tools/testbed/src/chaos/test-bed/output-watch.js';
import { startEchoingServer, type EchoForm } from '../support/echoing-server.js';
import { respond, type Loopback } from '../support/loopback.js';
import { minute, Scenario, second } from '../support/scenario.js';
import { responsesOf, secretsOf } from '../support/secrets.js';
import { intakeKey, token } from '../support/sign-in-scenarios.js';

type Echoing = 'Microsoft' | 'Entra ID' | 'the intake' | 'the intake, for one event' | 'the platform';

const service: SignInScenarioName = 'an account on the Reporting Web Service';
const graph: SignInScenarioName = 'an application on Microsoft Graph';
const withPassword: SignInScenarioName = 'an account on Microsoft Graph';

/** `isQuoted`: the module says what it was answered. */
const cases: [echoing: Echoing, status: number, form: EchoForm, way: SignInScenarioName, isQuoted: boolean][] = [
  ['Microsoft', 400, 'a page without escapes', service, true],
  ['Microsoft', 401, 'a JSON error', service, true],
  ['Microsoft', 302, 'a page of HTML', service, true],
  ['Microsoft', 500, 'a page of HTML', service, false],
  ['Microsoft', 403, 'an answer that is cut off', graph, true],
  ['Microsoft', 400, 'a dump in base64', graph, true],
  ['Entra ID', 400, 'a JSON error in JSON', graph, false],
  ['Entra ID', 401, 'its address in escapes', withPassword, false],
  ['the intake', 400, 'a JSON error', service, true],
  ['the intake', 401, 'a JSON error in JSON', service, true],
  ['the intake', 500, 'a page of HTML', service, false],
  ['the intake, for one event', 422, 'a JSON error', service, true],
  ['the platform', 400, 'a JSON error', service, false],
];

test.concurrent.each(cases)(
  '%s echoes requests with HTTP %s in %s (%s): no eight characters of a secret leave the process',
  async (echoing, status, form, signInScenario, isQuoted) => {
    const scenario = await Scenario.open({ signInScenario });
    const { simulator } = scenario;
    const now = Date.now();
    simulator.world.add({ rows: 40, from: now - 20 * minute, to: now });
    let poison: string | undefined;
    const server = await startEchoingServer(status, form, ({ body }, response) => {
      if (echoing !== 'the intake, for one event') return false;
      const { jsons } = JSON.parse(body) as { jsons: string[] };
      poison ??= jsons[5];
      if (jsons.includes(poison ?? '')) return false;
      respond(response, 200, { event_ids: jsons.map(() => randomUUID()) });
      return true;
    });
    try {
      const trigger = await scenario.start(
        { compress: false, ...settingsFor(echoing, signInScenario, server) },
        echoing === 'the platform' ? { urlCallback: `${server.origin}/api/callback` } : {},
      );
      await server.arrived(1);
      await untilSaid(scenario, isQuoted || echoing === 'the intake, for one event');
      const responses = await responsesOf(trigger);
      await trigger.stop();
      const toMicrosoft = JSON.stringify(
        server.received.filter(() => echoing === 'Microsoft' || echoing === 'Entra ID'),
      );
      const all = [await scenario.traces(), responses].join('\n');
      for (const secret of secretsOf(scenario)) {
        const found = piecesOf(secret).filter((piece) => all.includes(piece));
        expect(found.map((piece) => `${piece.length} characters of ${secret.slice(0, 4)}…`)).toEqual([]);
      }
      // What is for one of them stays with it.
      for (const secret of [intakeKey, token])
        for (const piece of piecesOf(secret)) expect(toMicrosoft).not.toContain(piece);
      if (isQuoted) expect(all).toContain('***');
    } finally {
      await server.close();
      await scenario.close();
    }
  },
);

function settingsFor(
  echoing: Echoing,
  signInScenario: SignInScenarioName,
  { origin }: Loopback,
): Record<string, unknown> {
  if (echoing === 'Microsoft')
    return {
      api_url: signInScenario === service ? `${origin}/ecp/reportingwebservice/reporting.svc` : `${origin}/v1.0`,
    };
  if (echoing === 'Entra ID') return { authority_url: origin };
  return echoing === 'the platform' ? {} : { intake_server: origin };
}

/** Until something was said about the answer, and the status shows it. */
async function untilSaid(scenario: Scenario, isQuoted: boolean): Promise<void> {
  const deadline = Date.now() + 60 * second;
  const isSaid = () =>
    scenario.output.some((line) => (isQuoted ? line.includes('***') : /warning|error|critical/.test(line)));
  while (!isSaid() && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
}
