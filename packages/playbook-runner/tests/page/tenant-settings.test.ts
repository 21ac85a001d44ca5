import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { secretNames } from '../../src/form/secrets.js';
import { tenantSettings } from '../../page/views/configuration/tenant-settings.js';
import { readModuleCards } from '../../src/cards/read-cards.js';
import { fillInTenant } from '../../src/playbooks/fill-in.js';

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

test.each([...cards.values()].map((card) => [card.trigger, card] as const))(
  'the page knows which settings of %s the runner replaces by those of the simulated tenant',
  (_, card) => {
    const names = Object.keys(card.schema.properties);
    const before = Object.fromEntries(names.map((name) => [name, 'mine']));
    const filledIn = fillInTenant(card, { settings: before, secrets: {} }, tenant);
    const after = { ...filledIn?.settings, ...filledIn?.secrets };
    const replaced = tenantSettings(secretNames(card.schema)).filter((name) => names.includes(name));
    expect(replaced.toSorted()).toEqual(names.filter((name) => after[name] !== 'mine').toSorted());
  },
);
