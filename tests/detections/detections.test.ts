import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { eventFields } from '../../src/message-trace/fields.js';
import { pythonWith } from '../support/python-environment.js';
import { domain } from '../support/sign-in-scenarios.js';
import { ADAPTED, backgroundEvents, sampleEvents, type SampleRow } from './events.js';

const RUN_MS = 900_000;
const ROWS = 100_000;
const folder = new URL('../../detections/', import.meta.url);
const program = fileURLToPath(new URL('run_rules.py', import.meta.url));
const requirements = new URL('requirements.txt', import.meta.url);

type Cases = Readonly<Record<string, readonly SampleRow[]>>;
interface Samples {
  readonly matches: Cases;
  readonly 'does not match': Cases;
}

interface AboutRule {
  readonly title: string;
  readonly level: string | null;
  readonly description: string | null;
  readonly falsepositives: readonly string[];
  readonly tags: readonly string[];
  readonly noise: number | null;
  readonly type: string;
  readonly fields: readonly string[];
  readonly logsources: readonly (readonly [product: string | null, service: string | null])[];
}

interface Result {
  readonly issues: readonly string[];
  readonly rules: Readonly<Record<string, AboutRule>>;
  readonly samples: Readonly<Record<string, Readonly<Record<string, number>>>>;
  readonly background: {
    readonly events: number;
    readonly hits: Readonly<Record<string, number>>;
    readonly seconds: Readonly<Record<string, number>>;
    /** Hits where the first sample of each rule that matches lies among the background. */
    readonly mixed: Readonly<Record<string, number>>;
  };
}

const namesIn = (place: string, ending: string) =>
  readdirSync(new URL(place, folder))
    .filter((file) => file.endsWith(ending))
    .map((file) => file.slice(0, -ending.length))
    .sort();
const RULES = namesIn('rules/', '.yml');
const SAMPLES = Object.fromEntries(
  namesIn('samples/', '.json').map((name) => [
    name,
    JSON.parse(readFileSync(new URL(`samples/${name}.json`, folder), 'utf8')) as Samples,
  ]),
);
const casesOf = (kind: keyof Samples) =>
  Object.entries(SAMPLES).flatMap(([rule, samples]) => Object.keys(samples[kind]).map((name) => [rule, name] as const));
let result: Result;

beforeAll(async () => {
  const python = await pythonWith('sigma', requirements);
  const work = await mkdtemp(join(tmpdir(), 'detections-'));
  try {
    const samples = join(work, 'samples.json');
    await writeFile(samples, samplesText());
    const child = spawn(python, [program, fileURLToPath(new URL('rules/', folder)), samples]);
    const ended = once(child, 'close');
    const [output, errors] = [text(child.stdout), text(child.stderr)];
    // Where the program has ended early, its errors say more than the broken pipe.
    const fed = pipeline(Readable.from(backgroundEvents(ROWS)), child.stdin).catch((error: unknown) => error as Error);
    const [code] = (await ended) as [number | null];
    if (code !== 0) throw new Error(`run_rules.py ended with ${code}: ${await errors}`);
    const broken = await fed;
    if (broken !== undefined) throw broken;
    result = JSON.parse(await output) as Result;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}, RUN_MS);

afterAll(() => {
  const { hits, seconds, events } = result.background;
  const lines = RULES.map((rule) => {
    const stated = String(result.rules[rule]?.noise);
    const cells = [String(hits[rule]).padStart(5), stated.padStart(7), String(seconds[rule]).padStart(8)];
    return `${rule.padEnd(36)}${cells.join('')}`;
  });
  const header = `${`${ROWS} rows, ${events} events`.padEnd(36)} hits stated seconds`;
  process.stdout.write(`\n${header}\n${lines.join('\n')}\n\n`);
});

const ruleText = (name: string) => readFileSync(new URL(`rules/${name}.yml`, folder), 'utf8');

/** As run_rules.py reads them. */
function samplesText(): string {
  const rules = Object.entries(SAMPLES).map(([rule, samples]) => {
    const cases = Object.entries({ ...samples.matches, ...samples['does not match'] });
    const texts = cases.map(([name, rows]) => `${JSON.stringify(name)}: [${sampleEvents(rows).join(',')}]`);
    return `${JSON.stringify(rule)}: {${texts.join(',')}}`;
  });
  const columns = JSON.stringify(eventFields.map(({ name }) => name));
  const mixed = Object.fromEntries(
    Object.entries(SAMPLES).map(([rule, { matches }]) => [rule, Object.keys(matches)[0]]),
  );
  const rest = `"mixed": ${JSON.stringify(mixed)}, "adapted": ${JSON.stringify(ADAPTED)}`;
  return `{"columns": ${columns}, "samples": {${rules.join(',')}}, ${rest}}`;
}

test('the validators of pySigma find nothing', () => {
  expect(result.issues).toEqual([]);
});

test('each rule has samples of both kinds, with other names', () => {
  expect(Object.keys(SAMPLES)).toEqual(RULES);
  for (const samples of Object.values(SAMPLES)) {
    const names = [samples.matches, samples['does not match']].map((cases) => Object.keys(cases));
    expect(names.every((each) => each.length > 0)).toBe(true);
    expect(new Set(names.flat()).size).toBe(names.flat().length);
  }
});

describe('each rule', () => {
  test.each(RULES)('%s says what a SOC needs', (name) => {
    const rule = result.rules[name]!;
    expect(['low', 'medium', 'high', 'critical']).toContain(rule.level);
    expect(rule.description).not.toBeNull();
    expect(rule.falsepositives.length).toBeGreaterThan(0);
    expect(rule.tags.filter((tag) => /^attack\.t\d{4}/.test(tag)).length).toBeGreaterThan(0);
    expect(rule.noise).toEqual(expect.any(Number));
    expect(rule.logsources.every(([product, service]) => product === 'm365' && service === 'message_trace')).toBe(true);
  });

  test.each(casesOf('matches'))('%s matches: %s', (rule, name) => {
    expect(result.samples[rule]?.[name]).toBeGreaterThan(0);
  });

  test.each(casesOf('does not match'))('%s does not match: %s', (rule, name) => {
    expect(result.samples[rule]?.[name]).toBe(0);
  });

  test.each(RULES)('%s makes no more noise on the background than it states', (name) => {
    expect(result.background.events).toBeGreaterThanOrEqual(ROWS);
    expect(result.background.hits[name]).toBeLessThanOrEqual(result.rules[name]!.noise!);
  });

  test.each(RULES)('%s finds its sample among the background', (name) => {
    const { hits, mixed } = result.background;
    const isAdapted = Object.keys(ADAPTED).some((text) => ruleText(name).includes(`- ${text}\n`));
    expect(mixed[name]).toBeGreaterThan(isAdapted ? 0 : hits[name]!);
  });

  test('the adapted lists are in the rules', () => {
    const all = RULES.map(ruleText).join('');
    expect(Object.keys(ADAPTED).filter((text) => !all.includes(`- ${text}\n`))).toEqual([]);
  });
});

test('README.md has a line for each rule, with its level and its noise', async () => {
  const readme = await readFile(new URL('README.md', folder), 'utf8');
  const lines = readme.split('\n').filter((line) => line.startsWith('| [`'));
  const told = lines.map((line) => {
    const [, link = '', level, , noise] = line.split('|').map((cell) => cell.trim());
    return [/^\[`([a-z-]+)`\]\(rules\/\1\.yml\)$/.exec(link)?.[1], level, Number(noise)];
  });
  expect(told.sort()).toEqual(RULES.map((name) => [name, result.rules[name]!.level, result.rules[name]!.noise]));
});

test('the look-alikes of the rule are those of the script', async () => {
  const script = fileURLToPath(new URL('look-alikes.mjs', folder));
  const { stdout } = await promisify(execFile)(process.execPath, [script, domain]);
  expect(stdout.split('\n').length).toBeGreaterThan(50);
  expect(await readFile(new URL('rules/look-alike-of-internal-domain.yml', folder), 'utf8')).toContain(stdout);
});
