import type { Overview, Sample } from '../../../src/wire/live.js';
import { formatCount, formatDuration } from '../../format/format.js';
import { countAxisEnd, durationAxisEnd } from './chart-data.js';
import { LiveChart } from './live-chart.js';

interface LiveChartsProps {
  readonly overview: Overview;
  readonly samples: readonly Sample[];
  readonly nowMs: number;
}

const eventsPerMinute = (sample: Sample): number => sample.eventsPerMinute;
const lagSeconds = (sample: Sample): number | null => sample.lagSeconds;

export function LiveCharts({ overview, samples, nowMs }: LiveChartsProps) {
  const shared = { samples, nowMs };
  return (
    <div className="overview-pair">
      <LiveChart
        title="Events a minute"
        valueOf={eventsPerMinute}
        now={overview.eventsLastMinute}
        axisEnd={countAxisEnd}
        formatValue={formatCount}
        {...shared}
      />
      <LiveChart
        title="Lag"
        valueOf={lagSeconds}
        now={overview.lagSeconds}
        axisEnd={durationAxisEnd}
        formatValue={formatDuration}
        {...shared}
      />
    </div>
  );
}
