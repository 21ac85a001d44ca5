import { describe, expect, test } from '@jest/globals';
import { AuditOfPlaybook, AuditWatch, filterOf, PlaybookAudit } from '../../src/simulation/playbook-audit.js';
import type { TenantRow } from '../../src/simulation/simulated-tenant.js';

const MINUTE_MS = 60_000;
/** When the tenant was started. */
const T = Date.UTC(2026, 10, 23, 9);

const row = (minutes: number): TenantRow => ({
  traceId: `row ${minutes}`,
  recipient: 'r@x',
  receivedMs: T + minutes * MINUTE_MS,
  statuses: [{ status: 'Delivered', fromMs: T + minutes * MINUTE_MS }],
});
const event = ({ traceId, recipient }: TenantRow) =>
  JSON.stringify({ MessageTraceId: traceId, RecipientAddress: recipient, Status: 'Delivered' });

/** Mail of the half hour before the tenant was started, and of two hours after. */
const rows = [-30, -1, 0, 10, 30, 60, 119].map(row);

function compare(audit: PlaybookAudit, nowMinutes = 120) {
  const comparison = audit.beginComparison();
  for (const one of rows) audit.see(comparison, one);
  audit.endComparison(comparison, T + nowMinutes * MINUTE_MS);
  return audit.picture();
}

const startedAt = (minutes: number, continues: boolean) => ({
  nowMs: T + minutes * MINUTE_MS,
  continues,
  startTimeHours: 1,
});

describe('what a playbook had to read', () => {
  test('is nothing before it is started', () => {
    expect(compare(new PlaybookAudit(T))).toMatchObject({ visible: 0, missing: 0, oldestMissingSeconds: null });
  });

  test('at a first start is all from its start_time on', () => {
    const audit = new PlaybookAudit(T);
    audit.readingStarts(startedAt(0, false));
    expect(compare(audit)).toMatchObject({ visible: 7, missing: 7, oldestMissingSeconds: 150 * 60 });
  });

  test('is not what its rules keep back, status by status', () => {
    const settings = { do_not_send: ['recipient: r@x and status: delivered'], send_only: [] };
    const audit = new PlaybookAudit(T);
    audit.readingStarts({ ...startedAt(0, false), filter: filterOf(settings) });
    expect(compare(audit)).toMatchObject({ visible: 7, missing: 0, filtered: 7 });
    audit.readingStarts({ ...startedAt(0, false), filter: filterOf({ do_not_send: ['status: failed'] }) });
    expect(compare(audit)).toMatchObject({ visible: 7, missing: 7, filtered: 0 });
    // The trigger does not start by these.
    expect(filterOf({ do_not_send: ['status'] })).toBeUndefined();
    expect(filterOf({ do_not_send: [], send_only: '' })).toBeUndefined();
  });

  test('where it was added later is no mail from before its start_time', () => {
    const audit = new PlaybookAudit(T);
    audit.readingStarts(startedAt(65, false));
    expect(compare(audit)).toMatchObject({
      visible: 4,
      missing: 4,
      missingSamples: ['row 10 r@x Delivered', 'row 30 r@x Delivered', 'row 60 r@x Delivered', 'row 119 r@x Delivered'],
    });
  });

  test('where it continues what was read before the tenant was there is all that came since', () => {
    const audit = new PlaybookAudit(T);
    audit.readingStarts(startedAt(100, true));
    expect(compare(audit)).toMatchObject({ visible: 5, missing: 5 });
  });

  test('after a stop of any length is still all of it', () => {
    const audit = new PlaybookAudit(T);
    audit.readingStarts(startedAt(0, false));
    audit.readingStarts(startedAt(119, true));
    expect(compare(audit)).toMatchObject({ visible: 7, missing: 7 });
  });

  test('begins anew where the first process ended before it had kept anything', () => {
    const audit = new PlaybookAudit(T);
    audit.readingStarts(startedAt(0, false));
    audit.readingStarts(startedAt(100, false));
    expect(compare(audit)).toMatchObject({ visible: 2, missing: 2 });
  });

  test('leaves out what it need not have read, but does not take it for unknown when it arrives', () => {
    const audit = new PlaybookAudit(T);
    audit.readingStarts(startedAt(10, true));
    audit.deliver(rows.map(event));
    audit.deliver([event(row(1000)), event(row(60))]);
    expect(compare(audit)).toMatchObject({
      visible: 5,
      delivered: 9,
      missing: 0,
      unknown: 1,
      repeated: 1,
      repeatedSamples: ['row 60 r@x Delivered (2 times)'],
    });
  });
});

describe('the audit of a playbook', () => {
  test('go on from start to start, and end where it reads elsewhere', () => {
    const audit = new AuditOfPlaybook(T);
    expect(audit.open).toBeUndefined();
    const first = audit.started(true, T);
    expect(audit.started(true, T + MINUTE_MS)).toBe(first);
    expect(audit.started(false, T)).toBeUndefined();
    expect(audit.open).toBeUndefined();
  });

  test('of one that has read elsewhere count from then on: its state may have gone on', () => {
    const audit = new AuditOfPlaybook(T);
    audit.started(false, T);
    const back = audit.started(true, T + 50 * MINUTE_MS)!;
    back.readingStarts(startedAt(50, true));
    expect(compare(back)).toMatchObject({ visible: 2 });
  });
});

describe('watching the audits', () => {
  const due = () => {
    const audit = new PlaybookAudit(0);
    audit.readingStarts({ nowMs: 0, continues: true, startTimeHours: 1 });
    return audit;
  };

  test('reads the rows once for all that are due', async () => {
    const [one, other] = [due(), due()];
    let walks = 0;
    let finished: () => void = () => undefined;
    const walked = new Promise<void>((resolve) => {
      finished = resolve;
    });
    const watch = new AuditWatch({
      due: () => [one, other],
      onTrouble: () => undefined,
      visibleRows: async function* () {
        walks += 1;
        yield* await Promise.resolve(rows);
        finished();
      },
    });
    await walked;
    await watch.stop();
    expect(walks).toBe(1);
    expect([one.picture()?.missing, other.picture()?.missing]).toEqual([7, 7]);
  });

  test('reads no rows where none is due', async () => {
    const watch = new AuditWatch({
      due: () => [],
      onTrouble: () => undefined,
      visibleRows: () => {
        throw new Error('nobody asked');
      },
    });
    await watch.stop();
  });

  test('tells where the rows cannot be read, and goes on', async () => {
    const audit = due();
    let tell: (error: unknown) => void = () => undefined;
    const told = new Promise((resolve) => {
      tell = resolve;
    });
    const watch = new AuditWatch({
      due: () => [audit],
      onTrouble: tell,
      visibleRows: () => {
        throw new Error('the tenant is gone');
      },
    });
    expect(await told).toMatchObject({ message: 'the tenant is gone' });
    await watch.stop();
    expect(audit.picture()).toBeNull();
  });
});
