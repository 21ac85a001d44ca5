import type { LivePlaybook, Sample } from '../wire/live.js';
import { Ring } from '../waiting/wait-for.js';
import { EventKeeper } from './event-keeper.js';
import { LogKeeper, type LogKeeperOptions } from './log-keeper.js';
import { RunningTotals } from './running-totals.js';

/** An hour of them, one every two seconds. */
const STORED_SAMPLES = 1800;

/** How far a page has read. */
export interface Cursors {
  readonly eventsAfter: number;
  readonly logsAfter: number;
  /** In milliseconds since 1970. */
  readonly samplesAfter: number;
}

/** All that is remembered of a playbook while the runner runs, within bounds. */
export class Observations {
  readonly events = new EventKeeper();
  readonly logs: LogKeeper;
  readonly totals = new RunningTotals();
  readonly #samples = new Ring<Sample>(STORED_SAMPLES);

  constructor(options: LogKeeperOptions) {
    this.logs = new LogKeeper(options);
  }

  /** To be called every two seconds while the trigger is to run. */
  sample(lagSeconds: number | null, nowMs: number): void {
    this.logs.addOverdue(nowMs);
    this.#samples.push({ atMs: nowMs, eventsPerMinute: this.events.inLastMinute(nowMs), lagSeconds });
  }

  since({ eventsAfter, logsAfter, samplesAfter }: Cursors): Pick<LivePlaybook, 'events' | 'logs' | 'samples'> {
    return {
      events: this.events.after(eventsAfter),
      logs: this.logs.after(logsAfter),
      samples: this.#samples.items().filter(({ atMs }) => atMs > samplesAfter),
    };
  }
}
