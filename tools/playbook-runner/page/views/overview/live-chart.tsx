import { useEffect, useMemo, useRef, useState } from 'react';
import type uPlot from 'uplot';
import type { Sample } from '../../../src/wire/live.js';
import { formatDuration, formatLocalTime } from '../../format/format.js';
import { Panel } from '../../parts/panel.js';
import { chartData, chartSpanSeconds, highestOf } from './chart-data.js';
import { type ChartWishes, drawChart } from './draw-chart.js';

interface LiveChartProps extends Omit<ChartWishes, 'onPoint'> {
  readonly title: string;
  readonly samples: readonly Sample[];
  readonly valueOf: (sample: Sample) => number | null;
  /** The value of this moment, which is newer than the samples. */
  readonly now: number | null;
  readonly nowMs: number;
}

/** A line over the last hour; in words for those who do not see it. */
export function LiveChart({ title, samples, valueOf, now, nowMs, axisEnd, formatValue }: LiveChartProps) {
  const place = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const data = useMemo(() => chartData(samples, valueOf, nowMs), [samples, valueOf, nowMs]);
  const spanSeconds = chartSpanSeconds(samples, nowMs);
  useEffect(() => {
    if (place.current === null) return;
    const drawn = drawChart(place.current, { axisEnd, formatValue, onPoint: setPointed });
    chart.current = drawn.chart;
    return drawn.remove;
  }, [axisEnd, formatValue]);
  useEffect(() => {
    chart.current?.batch(() => {
      chart.current?.setData(data, false);
      chart.current?.setScale('x', { min: nowMs / 1000 - spanSeconds, max: nowMs / 1000 });
    });
  }, [data, nowMs, spanSeconds, axisEnd, formatValue]);

  const tell = (value: number | null): string => (value === null ? 'not known' : formatValue(value));
  const summary = `Highest in the last ${formatDuration(spanSeconds)}: ${tell(highestOf(samples, valueOf, now))}`;
  const pointedAt = pointed === null ? undefined : data[0][pointed];
  const pointedValue = pointed === null ? null : (data[1][pointed] ?? null);
  return (
    <Panel
      title={title}
      help={
        pointedAt === undefined ? summary : `At ${formatLocalTime(pointedAt * 1000, 'second')}: ${tell(pointedValue)}`
      }
    >
      <div ref={place} className="live-chart" role="img" aria-label={`${title}. ${summary}.`} />
    </Panel>
  );
}
