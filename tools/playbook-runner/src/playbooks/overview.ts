import { type Card, valueOf } from '../cards/card.js';
import type { Overview } from '../wire/live.js';

type Settings = Readonly<Record<string, unknown>>;

/** Requests to Microsoft Graph, as far as it is what these settings have read. */
export function quotaOf(
  card: Card,
  settings: Settings,
  metrics: ReadonlyMap<string, number> | undefined,
): Overview['quota'] {
  const used = metrics?.get('message_trace_quota_used_requests');
  const limit = valueOf(card, settings, 'max_requests_per_5_minutes');
  return used !== undefined && typeof limit === 'number' && readsGraph(card, settings) ? { used, limit } : null;
}

function readsGraph(card: Card, settings: Settings): boolean {
  const api = valueOf(card, settings, 'api');
  return api === 'graph' || (api === 'automatic' && settings['client_id'] !== undefined);
}

export function intakeOf(settings: Settings): Overview['intake'] {
  const address = settings['intake_server'];
  return typeof address === 'string' ? { address } : 'own';
}
