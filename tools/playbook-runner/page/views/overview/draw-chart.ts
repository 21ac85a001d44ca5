import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { formatLocalTime } from '../../format/format.js';
import { lonePoints } from './chart-data.js';

const HEIGHT = 200;
/** Below this width the axes leave more of it to the line, and the labels of the times stand closer together. */
const NARROW = 480;

export interface ChartWishes {
  /** Up to where the value axis must reach for a highest value. */
  readonly axisEnd: (highest: number) => number;
  readonly formatValue: (value: number) => string;
  /** The index of the sample under the pointer; null when it has left. */
  readonly onPoint: (index: number | null) => void;
}

/** An empty chart in `place`, as wide as that, in the theme's colours; both are followed until `remove` is called. */
export function drawChart(place: HTMLElement, wishes: ChartWishes): { chart: uPlot; remove: () => void } {
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
