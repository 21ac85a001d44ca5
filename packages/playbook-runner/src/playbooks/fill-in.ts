import { randomUUID } from 'node:crypto';
import type { Card } from '../cards/card.js';
import type { TenantSettings } from '../simulation/simulated-tenant.js';
import type { Secrets } from './stored-playbook.js';

type Settings = Readonly<Record<string, unknown>>;

/** Seconds. Often enough for somebody who watches, where nothing else was chosen. */
const FREQUENCY = 5;

/** What is filled in, by the card's `docker_parameters`; undefined takes a setting out that would lead elsewhere. */
const FILLED_IN: Readonly<Record<string, (tenant: TenantSettings) => Settings>> = {
  message_trace: ({ account_name, account_password, api_url }) => ({
    account_name,
    account_password,
    api_url,
    api: undefined,
    authority_url: undefined,
    client_id: undefined,
    tenant_id: undefined,
    token_scope: undefined,
  }),
  message_trace_graph: ({ tenant_id, client_id, client_secret, graph_url, authority_url }) => ({
    tenant_id,
    client_id,
    client_secret,
    api_url: graph_url,
    authority_url,
    api: undefined,
    client_certificate: undefined,
    token_scope: undefined,
  }),
};

export interface FilledIn {
  readonly settings: Settings;
  readonly secrets: Secrets;
}

/**
 * Settings with which the trigger reads the simulated tenant; what has nothing to do with where it reads stays.
 * Undefined for a trigger that the tenant is not made for.
 */
export function fillInTenant(card: Card, before: FilledIn, tenant: TenantSettings): FilledIn | undefined {
  const filledIn = FILLED_IN[card.trigger]?.(tenant);
  if (filledIn === undefined) return undefined;
  const all = Object.entries<unknown>({
    frequency: FREQUENCY,
    intake_key: randomUUID(),
    ...before.settings,
    ...before.secrets,
    ...filledIn,
  }).filter(([, value]) => value !== undefined);
  return {
    settings: Object.fromEntries(all.filter(([name]) => !card.secretNames.has(name))),
    secrets: Object.fromEntries(all.filter(([name]) => card.secretNames.has(name))) as Secrets,
  };
}
