import { describe, expect, test } from '@jest/globals';
import { ruledResponse } from '../../../src/chaos/test-bed/faulty-side.js';

const events = ['a', 'b', 'c', 'd', 'e'];
const ruling = { intakeKey: 'lab-intake-key-6c1d', chunkSize: 5, turn: 0 };

describe('an intake that answers', () => {
  test('without ids has stored nothing', () => {
    expect(ruledResponse('no-ids', events, ruling)).toEqual({ status: 200, body: { event_ids: [] } });
  });

  test('with half the ids has stored just these', () => {
    const { stored, body } = ruledResponse('half-the-ids', events, ruling);
    expect(stored).toEqual(['a', 'b', 'c']);
    expect((body as { event_ids: string[] }).event_ids).toHaveLength(3);
  });

  test('too late takes more than a minute for a full chunk, and half of that for half of it', () => {
    expect(ruledResponse('slower-than-limit', events, ruling).afterMs).toBeGreaterThan(60_000);
    expect(ruledResponse('slower-than-limit', events.slice(3), ruling).afterMs).toBeLessThan(30_000);
  });

  test('with the request shows the key in four spellings, and a beginning of it at the end of a fifth', () => {
    const shown = [0, 1, 2, 3, 4].map(
      (turn) => (ruledResponse('echo-request', events, { ...ruling, turn }).body as { detail: string }).detail,
    );
    const [plain = '', escaped = '', url = '', base64 = '', cut = ''] = shown;
    expect(plain).toContain(ruling.intakeKey);
    expect(escaped.replaceAll('&#45;', '-')).toContain(ruling.intakeKey);
    expect(decodeURIComponent(url)).toContain(ruling.intakeKey);
    expect(Buffer.from(base64.split('handle ')[1]!.replaceAll('\r\n', ''), 'base64').toString()).toContain(
      ruling.intakeKey,
    );
    expect(cut).toMatch(/lab-inta[-\w]*$/);
    expect(cut).not.toContain(ruling.intakeKey);
  });

  test('with a bomb, or asking for ten minutes, has stored nothing', () => {
    // In JSON each key takes seven characters or more.
    expect(Object.keys(ruledResponse('bomb', events, ruling).body as object).length * 7).toBeGreaterThan(5_000_000);
    expect(ruledResponse('retry-after-600', events, ruling)).toMatchObject({
      status: 503,
      headers: { 'Retry-After': '600' },
    });
    for (const manner of ['bomb', 'retry-after-600'] as const)
      expect(ruledResponse(manner, events, ruling)).not.toHaveProperty('stored');
  });
});
