import { randomUUID } from 'node:crypto';
import type { Card } from '../cards/read-cards.js';
import { tenantSettings } from '../form/settings-schema.js';
import type { TenantSettings } from '../simulation/simulated-tenant.js';
import type { Secrets } from './stored-playbook.js';

type Settings = Readonly<Record<string, unknown>>;

/** Seconds. Often enough for somebody who watches, where nothing else was chosen. */
const FREQUENCY = 5;

/** What is filled in, by the card's `docker_parameters`. */
const FILLED_IN: Readonly<Record<string, (tenant: TenantSettings) => Settings>> = {
  message_trace: ({ account_name, account_password, api_url }) => ({
    account_name,
    account_password,
    api_url,
  }),
  message_trace_graph: ({ tenant_id, client_id, client_secret, graph_url, authority_url }) => ({
    tenant_id,
    client_id,
    client_secret,
    api_url: graph_url,
    authority_url,
  }),
};

export interface FilledIn {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

/**
 * Settings with which the trigger reads the simulated tenant; what would lead it elsewhere is taken out, and all else
 * stays. Undefined for a trigger that the tenant is not made for.
 */
export function fillInTenant(card: Card, before: FilledIn, tenant: TenantSettings): FilledIn | undefined {
  const filledIn = FILLED_IN[card.trigger]?.(tenant);
  if (filledIn === undefined) return undefined;
  const replaced = tenantSettings(card.secretNames);
  const stored = Object.entries<unknown>({
    frequency: FREQUENCY,
    intake_key: randomUUID(),
    ...before.settings,
    ...before.secrets,
  }).filter(([name]) => !replaced.includes(name));
  const all = [...stored, ...Object.entries(filledIn)];
  return {
    settings: Object.fromEntries(all.filter(([name]) => !card.secretNames.has(name))),
    secrets: Object.fromEntries(all.filter(([name]) => card.secretNames.has(name))) as Secrets,
  };
}
