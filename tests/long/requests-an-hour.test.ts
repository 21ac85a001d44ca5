import { describe, expect, test } from '@jest/globals';
import { live, type WorldRow } from '../support/simulated-run.js';
import { SeededRandom } from '../support/seeded-random.js';

const [minute, hour] = [60_000, 3_600_000];
const origin = Date.UTC(2026, 10, 1, 12, 0, 0);

describe('in a tenant with 1,000 rows an hour, read every minute', () => {
  test('at most 90 requests an hour are needed in steady state, with all passes at work', async () => {
    const random = new SeededRandom(1);
    const hours = 32;
    const rows = Array.from({ length: hours * 1000 }, (_, index): WorldRow => {
      const receivedMs = Math.floor(random.between(origin, origin + hours * hour));
      const lateMs = random.chance(0.3) ? random.between(0, 10 * minute) : 0;
      return { id: `row-${index}`, receivedMs, statuses: [{ status: 'Delivered', fromMs: receivedMs + lateMs }] };
    });
    const defaults = { frequency: 60, timedelta: 0, late_window: 1440, start_time: 1 };
    const life = await live(
      rows,
      defaults,
      { startMs: origin, endMs: origin + hours * hour },
      { seed: 1, limits: { pageRows: 2000, rangeMs: 240 * hour } },
    );
    // After a day the last pass has begun too.
    const steady = life.requests.filter(({ atMs }) => atMs >= origin + 24 * hour);
    expect(steady.length / (hours - 24)).toBeLessThanOrEqual(90);
  });
});
