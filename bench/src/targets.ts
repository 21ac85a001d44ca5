import type { ByApi, Results } from './results.js';
import { APIS, type Api } from './tenant-messages.js';

const MEBIBYTE = 2 ** 20;

interface Target {
  readonly what: string;
  readonly limit: number;
  /** What was measured; undefined where it was not. */
  readonly value: (measured: ByApi) => number | undefined;
  readonly show: (value: number) => string;
  /** A limit that must not even be reached. */
  readonly isStrict?: true;
}

const times = (value: number) => `${value.toFixed(2)} ×`;
const ratioOf =
  (variant: string) =>
  (measured: ByApi): number | undefined =>
    measured['first-read']?.[variant]?.ratio;

/** What the module may cost. */
const TARGETS: readonly Target[] = [
  { what: 'first read, raw, to the floor', limit: 1.3, value: ratioOf('raw'), show: times },
  { what: 'first read, normalized, to the floor', limit: 2, value: ratioOf('normalized'), show: times },
  { what: 'first read, enriched, to the floor', limit: 2.5, value: ratioOf('enriched'), show: times },
  { what: 'what gzip adds to normalized', limit: 1, value: gzipAdds, show: times },
  {
    what: 're-read of known rows, to the floor',
    limit: 0.7,
    value: (measured) => measured['re-read']?.ratio,
    show: times,
  },
  {
    what: 'peak resident memory',
    limit: 170,
    value: ({ memory }) => memory && Math.max(...memory.map(({ peakBytes }) => peakBytes)) / MEBIBYTE,
    show: (value) => `${value.toFixed(0)} MiB`,
  },
  {
    what: 'peak memory at 3 million rows, to 0.2 million',
    limit: 1.1,
    value: ({ memory }) => memory && (memory.at(-1)?.peakBytes ?? NaN) / (memory[0]?.peakBytes ?? NaN),
    show: times,
  },
  {
    what: 'idle, of a core',
    limit: 0.3,
    value: ({ idle }) => idle && idle.cpuShare * 100,
    show: (value) => `${value.toFixed(2)} %`,
    isStrict: true,
  },
  {
    what: 'start to first request',
    limit: 600,
    value: ({ start }) => start?.firstRequestMs,
    show: (value) => `${value.toFixed(0)} ms`,
    isStrict: true,
  },
  {
    what: 'visible to acknowledged beyond the frequency, p99',
    limit: 1,
    value: ({ delay }) => delay && delay.p99Ms / 1000 - delay.frequencySeconds,
    show: (value) => `${value.toFixed(1)} s`,
    isStrict: true,
  },
  {
    what: 'requests, to the pages that the rows fill',
    limit: 1.15,
    value: ({ requests }) => requests && requests.requests / requests.pages,
    show: times,
  },
];

function gzipAdds(measured: ByApi): number | undefined {
  const [plain, compressed] = [ratioOf('normalized')(measured), ratioOf('normalized-gzip')(measured)];
  return plain === undefined || compressed === undefined ? undefined : compressed - plain;
}

/** One line for each target and API: what was measured, and whether it holds. */
export function targetLines({ apis }: Results): string[][] {
  return TARGETS.flatMap(({ what, limit, value, show, isStrict }) =>
    APIS.map((api: Api) => {
      const measured = value(apis[api] ?? {});
      const sign = isStrict ? '<' : '≤';
      if (measured === undefined) return [what, api, `${sign} ${show(limit)}`, 'not measured', ''];
      const holds = isStrict ? measured < limit : measured <= limit;
      return [what, api, `${sign} ${show(limit)}`, show(measured), holds ? 'yes' : '**no**'];
    }),
  );
}
