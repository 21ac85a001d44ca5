import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatDuration, formatLocalTime } from '../../format/format.js';
import { chartData, chartSpanSeconds, highestOf, lonePoints } from './chart-data.js';
import { useEffect, useMemo, useRef, useState } from 'react';
import type { Sample } from '../../../src/wire/live.js';
import { Panel } from '../../parts/layout.js';

const HEIGHT = 200;
/** Below this width the axes leave more of it to the line, and the labels of the times stand closer together. */
const NARROW = 480;

interface ChartWishes {
  /** Up to where the value axis must reach for a highest value. */
  readonly axisEnd: (highest: number) => number;
  readonly formatValue: (value: number) => string;
  /** The index of the sample under the pointer; null when it has left. */
  readonly onPoint: (index: number | null) => void;
}

/** An empty chart in `place`, as wide as that, in the theme's colours; both are followed until `remove` is called. */
function drawChart(place: HTMLElement, wishes: ChartWishes): { chart: uPlot; remove: () => void } {
  const chart = new uPlot(optionsFor(place, wishes), [[], []], place);
  const sized = new ResizeObserver(() => chart.setSize({ width: place.clientWidth, height: HEIGHT }));
  sized.observe(place);
  const themed = new MutationObserver(() => chart.redraw(false, true));
  themed.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  return {
    chart,
    remove: () => {
      sized.disconnect();
      themed.disconnect();
      chart.destroy();
    },
  };
}

function optionsFor(place: HTMLElement, { axisEnd, formatValue, onPoint }: ChartWishes): uPlot.Options {
  const axis: uPlot.Axis = {
    stroke: () => token('--muted'),
    font: `12px ${token('--font')}`,
    grid: { stroke: () => token('--border'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: place.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    padding: [8, 12, 0, 0],
    cursor: { drag: { x: false, y: false }, y: false, points: { size: 7 } },
    scales: {
      x: { time: true, auto: false },
      y: { range: (_chart, _least, highest) => [0, axisEnd(Number.isFinite(highest) ? highest : 0)] },
    },
    series: [
      {},
      {
        stroke: () => token('--accent'),
        fill: () => token('--accent-soft'),
        width: 1.5,
        points: {
          show: false,
          size: 7,
          fill: () => token('--accent'),
          filter: (chart, series) => lonePoints([...(chart.data[series] ?? [])].map((value) => value ?? null)),
        },
      },
    ],
    axes: [
      {
        ...axis,
        size: 28,
        space: (chart) => (isNarrow(chart) ? 40 : 64),
        values: (_chart, splits) => splits.map((at) => formatLocalTime(at * 1000, 'minute')),
      },
      {
        ...axis,
        size: (chart) => (isNarrow(chart) ? 54 : 68),
        splits: (_chart, _axis, _least, end) => [0, end / 2, end],
        values: (_chart, splits) => splits.map(formatValue),
      },
    ],
    hooks: { setCursor: [(chart) => onPoint(chart.cursor.idx ?? null)] },
  };
}

function isNarrow(chart: uPlot): boolean {
  return chart.width < NARROW;
}

/** A colour or font of styles/tokens.css, as it is in the theme of this moment. */
function token(name: string): string {
  return getComputedStyle(document.documentElement).getPropertyValue(name).trim();
}

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
