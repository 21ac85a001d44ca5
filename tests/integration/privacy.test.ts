import { createHash, createHmac } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { type Intake, type TriggerProcess } from '@local/testbed';
import { applicationEnv, runCommand } from '../support/command-line.js';
import { rejectedIn } from '../support/dead-letters.js';
import { hour, minute, Scenario } from '../support/scenario.js';
import { domain, intakeKey } from '../support/sign-in-scenarios.js';

const privacyKey = '5f0c1a7be35d4a52b0c1d2e3f4a5b6c75f0c1a7be35d4a52b0c1d2e3f4a5b6c7';
const ROWS = 1500;

interface SentRow {
  readonly traceId: string;
  readonly sender: string;
  readonly recipient: string;
  readonly subject: string;
}

/** The row that an event of any format has within. */
function rowOf(event: Readonly<Record<string, unknown>>): SentRow {
  const text = (...names: string[]): string => {
    const value = names.map((name) => event[name]).find((each) => each !== undefined);
    // From the one API's form to the other's, an empty subject becomes null.
    return typeof value === 'string' && value.trim() !== '' ? value : '';
  };
  return {
    traceId: text('MessageTraceId', 'id').toLowerCase(),
    sender: text('SenderAddress', 'senderAddress'),
    recipient: text('RecipientAddress', 'recipientAddress'),
    subject: text('Subject', 'subject'),
  };
}

const parsed = (event: string) => JSON.parse(event) as Readonly<Record<string, unknown>>;
const hashOf = (text: string) => createHmac('sha256', privacyKey).update(text).digest('hex').slice(0, 32);

function hashedAddress(address: string): string {
  const at = address.lastIndexOf('@');
  return at === -1 ? address : hashOf(`address:${address.toLowerCase()}`) + address.slice(at);
}

function rowsOf({ simulator: { world } }: Scenario): SentRow[] {
  const now = Date.now();
  return [...world.select({ fromMs: -Infinity, toMs: Infinity, inclusive: true }, now)].map((key) => {
    const { traceId, sender, recipient, subject } = world.row(key, now);
    return {
      traceId: traceId.toLowerCase(),
      sender,
      recipient,
      subject: (subject ?? '').trim() === '' ? '' : String(subject),
    };
  });
}

/** Any text that would give somebody away: local parts with their `@`, and subjects that are more than a word. */
function telling(
  rows: readonly SentRow[],
  hides: { readonly subjects: boolean; readonly addresses: boolean },
): string[] {
  const localParts = rows.flatMap(({ sender, recipient }) => [sender, recipient]).filter((path) => path.includes('@'));
  const subjects = rows.map(({ subject }) => JSON.stringify(subject).slice(1, -1)).filter((text) => text.length > 8);
  const texts = [
    ...(hides.addresses ? localParts.map((path) => path.slice(0, path.lastIndexOf('@') + 1)) : []),
    ...(hides.subjects ? subjects : []),
  ];
  return [...new Set(texts.map((text) => text.toLowerCase()))];
}

function expectNothingTold(text: string, words: readonly string[]): void {
  const folded = text.toLowerCase();
  expect(words.filter((word) => folded.includes(word))).toEqual([]);
}

async function answersOf(trigger: TriggerProcess): Promise<string> {
  return JSON.stringify(await trigger.health()) + (await trigger.metrics());
}

/** One of 16, by its trace id, which nothing hides. */
const isToBeRefused = ({ traceId }: SentRow) => createHash('sha256').update(traceId).digest('hex').startsWith('7');
const isRefused = (event: string) => isToBeRefused(rowOf(parsed(event)));

function refuseSome(intake: Intake): void {
  intake.respondToBatches(({ events }) => ({
    status: 200,
    body: { results: events.map((event) => ({ status: isRefused(event) ? 413 : 200 })) },
    stored: events.filter((event) => !isRefused(event)),
  }));
}

const sortedKeys = (rows: readonly SentRow[]) => rows.map((row) => Object.values(row).join(' ')).sort();

describe.each(['an account on the Reporting Web Service', 'an application on Microsoft Graph'] as const)(
  'privacy, by the way of %s',
  (signInScenario) => {
    test.each([
      ['enriched', 'own', 'hash', 'hash'],
      ['normalized', 'message_trace_graph_api', 'drop', 'hash'],
      ['raw', 'message_trace', 'hash', 'keep'],
    ] as const)(
      '%s events of the format %s, subjects: %s, addresses: %s: nothing that leaves tells more',
      async (eventFormat, intakeFormat, subject, addresses) => {
        const scenario = await Scenario.open({ signInScenario, seed: 33, intake: { keep: 'all' } });
        try {
          const now = Date.now();
          scenario.simulator.world.add({ rows: ROWS, from: now - hour + minute, to: now - minute });
          refuseSome(scenario.intake);
          const rows = rowsOf(scenario);
          const filtered = rows[0]!.recipient;
          const topic = rows[1]!.subject;
          const settings = {
            event_format: eventFormat,
            intake_format: intakeFormat,
            internal_domains: [domain],
            do_not_send: [`recipient: ${filtered}`, `subject: "${topic.replaceAll('"', '""')}"`],
            chunk_size: 200,
            start_time: 1,
          };
          const privacy = { subject_privacy: subject, address_privacy: addresses, privacy_key: privacyKey };
          const trigger = await scenario.start({ ...settings, ...privacy });
          const isSent = (row: SentRow) =>
            row.recipient.toLowerCase() !== filtered.toLowerCase() && row.subject.toLowerCase() !== topic.toLowerCase();
          const due = rows.filter(isSent);
          const refused = due.filter(isToBeRefused);
          expect(refused.length).toBeGreaterThan(20);
          await scenario.intake.until(({ events }) => events >= due.length - refused.length, { withinMs: 20_000 });
          await scenario.untilAsked(2);
          const told = await answersOf(trigger);
          await trigger.stop();

          const subjectOf = (row: SentRow) => {
            if (row.subject === '' || subject === 'drop') return '';
            return hashOf(`subject:${row.subject}`);
          };
          const hidden = (row: SentRow): SentRow => ({
            ...row,
            ...(addresses === 'hash' && { sender: hashedAddress(row.sender), recipient: hashedAddress(row.recipient) }),
            subject: subjectOf(row),
          });
          const dead = await rejectedIn(scenario.dataFolder);
          const sent = scenario.intake.events();
          const sentRows = sent.map((event) => rowOf(parsed(event)));
          expect(sortedKeys(sentRows)).toEqual(sortedKeys(due.filter((row) => !refused.includes(row)).map(hidden)));
          expect(sortedKeys(dead.map(({ row }) => rowOf(row as Record<string, unknown>)))).toEqual(
            sortedKeys(refused.map(hidden)),
          );
          const words = telling(rows, { subjects: true, addresses: addresses === 'hash' });
          expect(words.length).toBeGreaterThan(100);
          expectNothingTold(sent.join('\n'), words);
          expectNothingTold(told, words);
          const traces = await scenario.traces();
          expectNothingTold(traces, words);
          for (const text of [sent.join('\n'), told, traces]) expect(text).not.toContain(privacyKey);

          // Without it, all is known by its fingerprints.
          const open = await scenario.start(settings);
          await scenario.untilAsked(3);
          await open.stop();
          expect(scenario.intake.events()).toHaveLength(sent.length);

          await expectReplayed(scenario, refused.map(hidden), words, { ...settings, ...privacy });
        } finally {
          await scenario.close();
        }
      },
    );
  },
);

/** Dead letters go out as they lie there: protected, and not once more. */
async function expectReplayed(
  scenario: Scenario,
  expected: readonly SentRow[],
  words: readonly string[],
  settings: Readonly<Record<string, unknown>>,
): Promise<void> {
  const { intake, simulator, dataFolder } = scenario;
  const before = intake.events().length;
  const ids = (await rejectedIn(dataFolder)).map((letter) => JSON.stringify(letter));
  const eventIds = ids.map((line) => /"event_id":"([^"]+)"/.exec(line)?.[1]).sort();
  intake.respondToBatches(() => undefined);
  const text = (name: string) => String(settings[name]);
  const { code, stdout, stderr } = await runCommand(['state', 'replay-dead-letters'], {
    env: {
      DATA_STORAGE: dataFolder,
      ...applicationEnv(simulator),
      MESSAGE_TRACE_INTAKE_KEY: intakeKey,
      MESSAGE_TRACE_INTAKE_SERVER: intake.url,
      ...Object.fromEntries(
        ['event_format', 'intake_format', 'subject_privacy', 'address_privacy', 'privacy_key'].map((name) => [
          `MESSAGE_TRACE_${name.toUpperCase()}`,
          text(name),
        ]),
      ),
    },
  });
  expect({ code, stderr }).toMatchObject({ code: 0 });
  const replayed = intake.events().slice(before);
  expect(sortedKeys(replayed.map((event) => rowOf(parsed(event))))).toEqual(sortedKeys(expected));
  expectNothingTold(replayed.join('\n') + stdout + stderr, words);
  if (settings['event_format'] === 'raw') return;
  expect(replayed.map((event) => (parsed(event)['event'] as { id: string }).id).sort()).toEqual(eventIds);
}
