import type { PlaybookState } from '../wire/playbook.js';
import type { DeliveryAudit } from '../wire/live.js';

/** What the line tells of one playbook. */
export interface Summarised {
  readonly state: PlaybookState['name'];
  readonly events: number;
  readonly eventsLastMinute: number;
  readonly lagSeconds: number | null;
  readonly audit: Pick<DeliveryAudit, 'missing' | 'repeated' | 'unknown'> | null;
}

/**
 * Such as `1 running · missing 0, repeated 0 · 1,204 events, 21/min · lag 3 s`: sums over all, and the longest lag.
 * What matters most comes first, as a narrow terminal cuts off the end.
 */
export function summaryLine(playbooks: readonly Summarised[]): string {
  const sum = (value: (playbook: Summarised) => number) =>
    playbooks.reduce((total, playbook) => total + value(playbook), 0);
  const number = (value: (playbook: Summarised) => number) => sum(value).toLocaleString('en-US');
  const started = playbooks.filter(({ state }) => state !== 'ready-to-start' && state !== 'configuration-issues');
  const lags = started.flatMap(({ lagSeconds }) => lagSeconds ?? []);
  const audit = started.flatMap((playbook) => playbook.audit ?? []);
  const total = (name: keyof DeliveryAudit & keyof (typeof audit)[number]) =>
    audit.reduce((all, one) => all + one[name], 0).toLocaleString('en-US');
  return [
    describeStates(started.map(({ state }) => state)),
    ...(audit.length > 0 ? [`missing ${total('missing')}, repeated ${total('repeated')}`] : []),
    ...(audit.some(({ unknown }) => unknown > 0) ? [`unknown ${total('unknown')}`] : []),
    `${number(({ events }) => events)} events, ${number(({ eventsLastMinute }) => eventsLastMinute)}/min`,
    ...(lags.length > 0 ? [`lag ${Math.round(Math.max(...lags))} s`] : []),
  ].join(' · ');
}

function describeStates(states: readonly PlaybookState['name'][]): string {
  if (states.length === 0) return 'none running';
  const counts = new Map<string, number>();
  for (const state of states) {
    const word = state === 'trigger-crashed' ? 'crashed' : state;
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
}
