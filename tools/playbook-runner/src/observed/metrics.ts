/** Lines such as `message_trace_requests_total{result="200"} 12`. */
const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{.*\})? (\S+)(?: \d+)?$/;

/**
 * The metrics of a text in Prometheus' exposition format, by name, summed over their labels.
 *
 * @see https://prometheus.io/docs/instrumenting/exposition_formats/
 */
export function readMetrics(text: string): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const line of text.split('\n')) {
    const [, name, value] = SAMPLE.exec(line) ?? [];
    if (name !== undefined) sums.set(name, (sums.get(name) ?? 0) + Number(value));
  }
  return sums;
}
