import { Registry } from 'prom-client';
import { createIntakeMetrics } from '../../packages/automation-sdk-shim/dist/intake/intake-metrics.js';
import { schedulePasses } from '../../dist/src/model/schedule.js';
import { TraceMetrics } from '../../dist/src/sekoia/trace-metrics.js';
import { banner, code, table } from './markdown.mjs';

const units = { seconds: 'seconds', duration: 'seconds', lags: 'seconds', bytes: 'bytes' };

/** The unit is in the name, as Prometheus recommends; what counts things has none. */
function unitOf(name) {
  const word = name
    .replace(/_total$/, '')
    .split('_')
    .at(-1);
  return units[word] ?? 'count';
}

function row(metric) {
  const { name, help, labelNames } = metric;
  const type = metric.constructor.name.toLowerCase();
  return [code(name), type, unitOf(name), labelNames.map(code).join(', '), help.replace(/\.?$/, '.')];
}

/** docs/metrics.md */
export function metricsReference() {
  const registry = new Registry();
  const ignore = () => undefined;
  const schedule = schedulePasses({ frequencyMs: 60_000, delayMs: 0, lateWindowMs: 97_200_000 });
  const clock = { now: () => 0, mark: () => () => 0, sleep: ignore };
  const listeners = ['troubled', 'recovered', 'progress', 'setAside', 'heartbeat', 'lag'];
  const others = { ...Object.fromEntries(listeners.map((name) => [name, ignore])), quotaUsed: () => 0 };
  new TraceMetrics(registry, clock, schedule, others);
  createIntakeMetrics(registry, '');
  const rows = registry.getMetricsAsArray().map(row);
  return `${banner('the metrics that the module registers')}

# Metrics

\`GET /metrics\` on port 8020 (\`METRICS_PORT\`), in the text format of Prometheus. Watch \`message_trace_lag_seconds\`: it stays
below a few polls. \`message_trace_gap_seconds_total\` and \`message_trace_rejected_total\` should never grow.

${table(['metric', 'type', 'unit', 'labels', 'meaning'], rows)}

The label \`intake_key\` is the beginning of the SHA-256 of the key, not the key.
`;
}
