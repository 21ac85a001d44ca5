import type { TriggerProcess } from '@local/testbed';

/**
 * What a trigger counts at present: the sum over all label values, or over those that hold `labels`, such as
 * `field="status"`.
 */
export async function metricValue(trigger: TriggerProcess, name: string, labels = ''): Promise<number> {
  const lines = (await trigger.metrics()).split('\n').filter((line) => /^\w+/.exec(line)?.[0] === name);
  return lines
    .filter((line) => line.includes(labels))
    .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' ') + 1)), 0);
}
