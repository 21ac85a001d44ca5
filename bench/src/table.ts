import type { PairResult } from './pairs.js';
import type { Results } from './results.js';

/** Lines of cells as a table of Markdown, which reads well in a terminal, too. */
export function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(line)].join('\n');
}

const PAIR_HEAD = ['API', 'what', 'module', 'floor', 'ratio', 'without start', 'pairs', 'rows', 'requests'];

/** CPU seconds per million rows, and ratios. */
export function pairTable({ apis }: Results): string {
  const lines = Object.entries(apis).flatMap(([api, measured]) => [
    ...Object.entries(measured['first-read'] ?? {}).map(([name, result]) => pairLine(api, name, result)),
    ...(measured['re-read'] === undefined ? [] : [pairLine(api, 're-read', measured['re-read'])]),
  ]);
  return lines.length === 0 ? '' : table(PAIR_HEAD, lines);
}

function pairLine(
  api: string,
  what: string,
  { module, floor, ratio, ratioWithoutStart, pairs, rows }: PairResult,
): string[] {
  return [
    api,
    what,
    module.perMillion.toFixed(1),
    floor.perMillion.toFixed(1),
    `${ratio.toFixed(2)} ×`,
    `${ratioWithoutStart.toFixed(2)} ×`,
    String(pairs),
    String(rows),
    `${module.requests}, floor ${floor.requests}`,
  ];
}
