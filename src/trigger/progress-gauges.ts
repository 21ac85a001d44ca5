import { Gauge, type Registry } from 'prom-client';
import { lowWatermark, watermarkOf, type Progress } from '../collector/progress.js';
import type { Schedule } from '../collector/schedule.js';

/** Gauges that are computed when they are asked for; without a value until the first range has been read. */
export function addProgressGauges(
  registry: Registry,
  schedule: Schedule,
  present: () => { readonly progress: Progress; readonly nowMs: number } | undefined,
): void {
  const lag = new Gauge({
    name: 'message_trace_lag_seconds',
    help: 'Seconds back to the time before which everything has been read at least once.',
    registers: [registry],
    collect: () => {
      const it = present();
      lag.remove();
      if (it !== undefined) lag.set((it.nowMs - lowWatermark(it.progress)) / 1000);
    },
  });
  const watermarkAge = new Gauge({
    name: 'message_trace_watermark_age_seconds',
    help: 'Seconds back to the watermark of each pass.',
    labelNames: ['pass', 'reads_at_age_seconds'],
    registers: [registry],
    collect: () => {
      const it = present();
      if (it === undefined) return;
      for (const [pass, age] of schedule.ages.entries()) {
        const seconds = (it.nowMs - watermarkOf(it.progress, pass)) / 1000;
        watermarkAge.set({ pass, reads_at_age_seconds: age / 1000 }, seconds);
      }
    },
  });
}
