import { createHash } from 'node:crypto';
import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

const COMMON = 'symphony_module_common';
const INTAKE = 'symphony_module_intake';
const labelNames = ['intake_key'] as const;

type Label = (typeof labelNames)[number];

/** What a connector counts. Each carries its label already. */
export interface IntakeMetrics {
  readonly forwardedEvents: Counter.Internal;
  readonly discardedEvents: Counter.Internal;
  /** In seconds: from the first try of a chunk to its acknowledgement. */
  readonly forwardDuration: Histogram.Internal<Label>;
  /** In seconds: how old the newest delivered event was. */
  readonly eventsLag: Gauge.Internal<Label>;
  readonly chunks: Counter.Internal;
  /** Bytes of request bodies as they were sent, compressed or not, repeats included. */
  readonly bytes: Counter.Internal;
  /** Events for which an answer of 200 gave no id, repeats included. */
  readonly unnamedEvents: Counter.Internal;
}

/**
 * Registers the platform's metrics and our own about the intake. Counters end in `_total`, since that is how Python's
 * client, which the platform's own modules use, spells a counter on the wire. The label `intake_key` is the beginning
 * of the key's SHA-256: the key itself lets anyone write into the intake.
 */
export function createIntakeMetrics(registry: Registry, intakeKey: string): IntakeMetrics {
  const labels = { intake_key: createHash('sha256').update(intakeKey).digest('hex').slice(0, 12) };
  const registers = [registry];
  const counter = (name: string, help: string) => {
    const child = new Counter({ name, help, labelNames, registers }).labels(labels);
    // Shown from the start, so that a rate can be computed over the first events.
    child.inc(0);
    return child;
  };
  return {
    forwardedEvents: counter(`${COMMON}_forwarded_events_total`, 'Number of events forwarded to Sekoia.io'),
    discardedEvents: counter(`${COMMON}_discarded_events_total`, 'Number of events that cannot be delivered'),
    forwardDuration: new Histogram({
      name: `${COMMON}_forward_events_duration`,
      help: 'Seconds from the first try to send a chunk of events to its acknowledgement',
      labelNames,
      registers,
    }).labels(labels),
    eventsLag: new Gauge({
      name: `${COMMON}_events_lags`,
      help: 'Delay in seconds from the date of the last event',
      labelNames,
      registers,
    }).labels(labels),
    chunks: counter(`${INTAKE}_chunks_total`, 'Number of chunks acknowledged by the intake'),
    bytes: counter(`${INTAKE}_bytes_total`, 'Bytes of request bodies sent to the intake'),
    unnamedEvents: counter(
      `${INTAKE}_unnamed_events_total`,
      'Events that a successful answer gave no event id, repeats included',
    ),
  };
}
