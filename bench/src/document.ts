import { readFile, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { PairResult } from './pair-result.js';
import type { ByApi, Results } from './results.js';
import { targetLines } from './targets.js';

const DOCUMENT = fileURLToPath(new URL('../../docs/cost.md', import.meta.url));
const MEBIBYTE = 2 ** 20;

/** Cells as a table of Markdown, which reads well in a terminal, too. */
function table(head: readonly string[], lines: readonly (readonly string[])[]): string {
  const all = [head, ...lines];
  const widths = head.map((_, column) => Math.max(3, ...all.map((cells) => cells[column]?.length ?? 0)));
  const line = (cells: readonly string[]): string =>
    `| ${widths.map((width, column) => (cells[column] ?? '').padEnd(width)).join(' | ')} |`;
  return [line(head), `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`, ...lines.map(line)].join('\n');
}

interface Section {
  readonly title: string;
  readonly text: string;
  readonly table: string;
}

/** Everything that was measured, a section each. What was not is left out. */
function sectionsOf(results: Results, targets = targetLines(results)): Section[] {
  const ofEach = (linesOf: (api: string, measured: ByApi) => readonly (readonly string[])[]) =>
    Object.entries(results.apis).flatMap(([api, measured]) => linesOf(api, measured));
  const sections: [title: string, text: string, head: readonly string[], lines: readonly (readonly string[])[]][] = [
    ['Targets', '', ['what', 'API', 'target', 'measured', 'holds'], targets],
    [
      'Rows',
      'CPU seconds (user and system) of whole processes per million rows, and how often the floor that is: medians. ' +
        'Without start: of what is used after the first request. Of a re-read, rows are those that were read.',
      ['API', 'what', 'module', 'floor', 'ratio', 'without start', 'pairs', 'rows', 'requests', 'floor'],
      ofEach((api, measured) => [
        ...Object.entries(measured['first-read'] ?? {}).map(([name, pair]) =>
          pairLine(api, `first read, ${name}`, pair),
        ),
        ...(measured['re-read'] === undefined ? [] : [pairLine(api, 're-read, normalized', measured['re-read'])]),
      ]),
    ],
    [
      'Memory',
      'The largest resident set of a process that reads a backlog, with the default settings.',
      ['API', 'rows', 'peak', 'CPU seconds per million rows'],
      ofEach((api, { memory = [] }) =>
        memory.map(({ rows, peakBytes, cpuSecondsPerMillion }) => [
          api,
          String(rows),
          `${(peakBytes / MEBIBYTE).toFixed(0)} MiB`,
          cpuSecondsPerMillion.toFixed(1),
        ]),
      ),
    ],
    [
      'Start, idling and delay',
      'Start: until the first request to the API. Idle: no mail arrives, frequency 60. Delay: from the moment at which ' +
        'a row is visible to the acknowledgement of its event, frequency 60.',
      ['API', 'start', 'CPU of the start', 'idle, of a core', 'delay p50', 'delay p99'],
      ofEach((api, { start, idle, delay }) =>
        start === undefined && idle === undefined && delay === undefined
          ? []
          : [
              [
                api,
                start === undefined ? '' : `${start.firstRequestMs.toFixed(0)} ms`,
                start === undefined ? '' : `${start.cpuSeconds.toFixed(2)} s`,
                idle === undefined ? '' : `${(idle.cpuShare * 100).toFixed(2)} %`,
                delay === undefined ? '' : `${(delay.p50Ms / 1000).toFixed(1)} s`,
                delay === undefined ? '' : `${(delay.p99Ms / 1000).toFixed(1)} s`,
              ],
            ],
      ),
    ],
    [
      'Requests',
      'The first reading of a dense backlog.',
      ['API', 'rows', 'requests', 'pages that the rows fill', 'ratio'],
      ofEach((api, { requests: counted }) =>
        counted === undefined
          ? []
          : [
              [
                api,
                String(counted.rows),
                String(counted.requests),
                String(counted.pages),
                `${(counted.requests / counted.pages).toFixed(2)} ×`,
              ],
            ],
      ),
    ],
    [
      'Profile',
      'Where the time of a first reading goes: self time of the functions, of the time in which the process was busy. ' +
        'Normalized, without gzip, a run apart.',
      ['API', 'function', 'share'],
      ofEach((api, { profile }) =>
        (profile?.lines ?? []).map(({ name, share }) => [api, `\`${name}\``, `${(share * 100).toFixed(1)} %`]),
      ),
    ],
  ];
  return sections
    .filter(([, , , lines]) => lines.length > 0)
    .map(([title, text, head, lines]) => ({
      title,
      text,
      table: table(head, lines),
    }));
}

function pairLine(api: string, what: string, pair: PairResult): string[] {
  const { module, floor, ratio, ratioWithoutStart, pairs, rows } = pair;
  return [
    api,
    what,
    module.perMillion.toFixed(1),
    floor.perMillion.toFixed(1),
    `${ratio.toFixed(2)} ×`,
    `${ratioWithoutStart.toFixed(2)} ×`,
    String(pairs),
    String(rows),
    String(module.requests),
    String(floor.requests),
  ];
}

/** For the terminal: without targets of which nothing was measured. */
export function asText(results: Results): string {
  return sectionsOf(
    results,
    targetLines(results).filter(([, , , , holds]) => holds !== ''),
  )
    .map(({ title, text, table: cells }) => [title, text, cells].filter((part) => part !== '').join('\n'))
    .join('\n\n');
}

/** Writes docs/cost.md. */
export async function writeDocument(results: Results): Promise<void> {
  const { processor, cores, node } = results.machine;
  const parts = [
    '# What the module costs',
    '<!-- Written by `npm run bench -- --write`. Do not edit. -->',
    `Measured on ${results.takenAt.slice(0, 10)} on ${cores} cores of ${processor} with Node.js ${node}. Only the ` +
      "module's process counts. Its numbers stand beside those of the *floor*: a small program that reads the same " +
      'pages, parses them, writes each row as JSON and posts it, and does nothing else. Ratios to the floor can be ' +
      'compared between machines, seconds cannot. [0035](adr/0035-what-is-compared-with-what.md) says why it is ' +
      'measured so, `npm run bench -- --help` how.',
    ...sectionsOf(results).flatMap(({ title, text, table: cells }) => [`## ${title}`, text, cells]),
  ];
  const text = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
  if ((await readFile(DOCUMENT, 'utf8').catch(() => undefined)) !== text) await writeFile(DOCUMENT, text);
}
