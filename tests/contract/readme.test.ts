import { readdir, readFile, stat } from 'node:fs/promises';
import { describe, expect, test } from '@jest/globals';
import { Registry } from 'prom-client';
import { schedulePasses } from '../../src/collector/schedule.js';
import { TraceMetrics } from '../../src/trigger/trace-metrics.js';
import { SimulatedClock } from '../support/simulated-clock.js';

const root = new URL('../../', import.meta.url);
const text = (file: string) => readFile(new URL(file, root), 'utf8');

interface Setting {
  readonly type: 'string' | 'integer' | 'boolean';
  readonly title: string;
  readonly default?: string | number | boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly format?: string;
}

interface Card {
  readonly name: string;
  readonly arguments: {
    readonly properties: Readonly<Record<string, Setting>>;
    readonly required: readonly string[];
  };
}

/** What stands under a heading, up to the next one of its own level or above. */
function sectionUnder(markdown: string, heading: string): string {
  const lines = markdown.split('\n');
  const first = lines.indexOf(heading);
  if (first < 0) throw new Error(`there is no heading "${heading}"`);
  const level = heading.indexOf(' ');
  const isOver = (line: string) => (/^(#+) /.exec(line)?.[1]?.length ?? Infinity) <= level;
  const end = lines.findIndex((line, index) => index > first && isOver(line));
  return lines.slice(first + 1, end < 0 ? undefined : end).join('\n');
}

/** The rows of the table whose first header is `header`, each as the texts of its cells. */
function tableOf(markdown: string, header: string): string[][] {
  const lines = markdown.split('\n');
  const first = lines.findIndex((line) => line.startsWith(`| ${header} `));
  if (first < 0) throw new Error(`there is no table whose first column is "${header}"`);
  const end = lines.findIndex((line, index) => index > first && !line.startsWith('|'));
  return lines.slice(first + 2, end < 0 ? undefined : end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

const code = (value: unknown) => `\`${String(value)}\``;

/** What the column "type and bounds" says of a setting. */
function typeAndBounds({ type, minimum, maximum, enum: choices, format }: Setting): string {
  if (choices !== undefined) return choices.map(code).join(' or ');
  if (type === 'boolean') return 'true or false';
  if (type === 'integer') return `integer, ${minimum ?? '−∞'} to ${maximum ?? '∞'}`;
  if (format === 'uri') return 'address (URL)';
  // An empty text counts as absent.
  return 'text, not empty';
}

const [accountCard, applicationCard] = (await Promise.all(
  ['trigger_message_trace.json', 'trigger_message_trace_graph.json'].map(
    async (file) => JSON.parse(await text(file)) as Card,
  ),
)) as [Card, Card];

/** What the column "default" says of a setting. One that is neither required nor has a default follows from others. */
function defaultIn({ arguments: { properties, required } }: Card, name: string): string {
  if (required.includes(name)) return 'required';
  const value = properties[name]?.default;
  return value === undefined ? 'optional' : code(value);
}

/** The same in the table of what both triggers have, where each may have a default of its own. */
function defaultInBoth(name: string): string {
  const [one, other] = [accountCard, applicationCard].map((card) => defaultIn(card, name));
  return one === other ? one! : `${one}; with Microsoft Graph in its name: ${other}`;
}

describe('the settings in the README', () => {
  const tableUnder = async (heading: string) =>
    tableOf(sectionUnder(await text('README.md'), `### ${heading}`), 'setting');

  test.each([accountCard, applicationCard])(
    'of the trigger $name, and then those of both, are those of its card in its order, with its titles, types, bounds and defaults',
    async (card) => {
      const [own, shared] = [await tableUnder(card.name), await tableUnder('Both')];
      expect([...own, ...shared].map((cells) => cells.slice(0, 4))).toEqual(
        Object.entries(card.arguments.properties).map(([name, setting], index) => [
          code(name),
          setting.title,
          typeAndBounds(setting),
          index < own.length ? defaultIn(card, name) : defaultInBoth(name),
        ]),
      );
      for (const [setting, , , , meaning] of [...own, ...shared])
        expect({ setting, meaning }).toEqual({ setting, meaning: expect.stringMatching(/\w.*[.]$/) });
    },
  );
});

describe('the metrics in docs/operating.md', () => {
  test('are those of the trigger', async () => {
    const registry = new Registry();
    const ignore = () => undefined;
    const schedule = schedulePasses({ frequency: 60, timedelta: 0, late_window: 1440 });
    const others = {
      troubled: ignore,
      recovered: ignore,
      progress: ignore,
      setAside: ignore,
      heartbeat: ignore,
      lag: ignore,
      quotaUsed: () => 0,
    };
    new TraceMetrics(registry, new SimulatedClock(0), schedule, others);
    const explained = tableOf(await text('docs/operating.md'), 'metric')
      .map(([name]) => name)
      .filter((name) => name?.startsWith('`message_trace_'));
    const names = registry.getMetricsAsArray().map(({ name }) => code(name));
    expect(explained.toSorted()).toEqual(names.toSorted());
  });
});

describe('the links of the documents', () => {
  test('lead to files that are there, and to headings that are in them', async () => {
    const documents = [
      'README.md',
      ...(await readdir(new URL('docs/', root), { recursive: true }))
        .filter((file) => file.endsWith('.md'))
        .map((file) => `docs/${file}`),
    ];
    const broken: string[] = [];
    for (const document of documents) {
      for (const [, link = ''] of (await text(document)).matchAll(/\]\((?!https?:)([^)]+)\)/g)) {
        if (!(await leadsSomewhere(document, link))) broken.push(`${document}: ${link}`);
      }
    }
    expect(documents.length).toBeGreaterThan(4);
    expect(broken).toEqual([]);
  });

  async function leadsSomewhere(document: string, link: string): Promise<boolean> {
    const target = new URL(link, new URL(document, root));
    const heading = target.hash.slice(1);
    target.hash = '';
    const found = await stat(target).catch(() => undefined);
    if (found === undefined || heading === '') return found !== undefined;
    return (await readFile(target, 'utf8')).split('\n').some((line) => anchorOf(line) === heading);
  }
});

/** The anchor that a heading gets where Markdown is shown; undefined for other lines. */
function anchorOf(line: string): string | undefined {
  const heading = /^#+ (.*)$/.exec(line)?.[1];
  return heading
    ?.toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replaceAll(' ', '-');
}
