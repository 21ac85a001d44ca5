import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { readModuleCards } from '../../src/cards/read-cards.js';
import { fillInTenant } from '../../src/playbooks/saved-settings.js';

const { cards } = await readModuleCards(fileURLToPath(new URL('../../../../', import.meta.url)));
const tenant = {
  account_name: 'simulated',
  account_password: 'simulated',
  api_url: 'simulated',
  tenant_id: 'simulated',
  client_id: 'simulated',
  client_secret: 'simulated',
  graph_url: 'simulated',
  authority_url: 'simulated',
};

test.each([
  [
    'message_trace',
    ['account_name', 'account_password', 'api_url'],
    ['api', 'authority_url', 'client_id', 'tenant_id', 'token_scope'],
  ],
  [
    'message_trace_graph',
    ['tenant_id', 'client_id', 'client_secret', 'api_url', 'authority_url'],
    ['api', 'client_certificate', 'token_scope', 'credential', 'federated_token_file'],
  ],
])(
  'the simulated tenant fills in what leads %s to it, takes out what would lead elsewhere, and leaves the rest',
  (trigger, filledIn, takenOut) => {
    const card = cards.get(trigger)!;
    const names = Object.keys(card.schema.properties);
    const before = Object.fromEntries(names.map((name) => [name, 'mine']));
    const { settings, secrets } = fillInTenant(card, { settings: before, secrets: {} }, tenant)!;
    const after = { ...settings, ...secrets };
    const rest = names.filter((name) => ![...filledIn, ...takenOut].includes(name));
    expect(after).toEqual({
      ...Object.fromEntries(filledIn.map((name) => [name, 'simulated'])),
      ...Object.fromEntries(rest.map((name) => [name, 'mine'])),
    });
    expect(rest).toContain('intake_key');
  },
);
