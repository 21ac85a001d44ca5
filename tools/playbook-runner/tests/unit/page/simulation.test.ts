import { describe, expect, test } from '@jest/globals';
import { complaintAbout } from '../../../page/parts/use-resting-number.js';
import { outcomeOf, tellTroubles } from '../../../page/views/simulation/audit-words.js';
import {
  type ControlDraft,
  type DraftStep,
  HIGHEST_RATE,
  nextDraft,
  noDraft,
  positionOf,
  RATE_POSITIONS,
  rateAt,
  shownControls,
} from '../../../page/views/simulation/use-controls.js';
import type { DeliveryAudit, IntakeControls } from '../../../src/wire/live.js';

describe('the slider of the mail rate', () => {
  test('goes from no mail over 10 to 100,000 rows an hour', () => {
    expect(rateAt(0)).toBe(0);
    expect(rateAt(1)).toBe(10);
    expect(rateAt(RATE_POSITIONS)).toBe(HIGHEST_RATE);
  });

  test('never goes back, and each position is that of its rate', () => {
    for (let position = 1; position <= RATE_POSITIONS; position += 1) {
      expect(rateAt(position)).toBeGreaterThan(rateAt(position - 1));
      expect(positionOf(rateAt(position))).toBe(position);
    }
  });

  test.each([
    [0, 0],
    [1, 1],
    [10, 1],
    [1_000_000, RATE_POSITIONS],
  ])('shows %d rows an hour at position %d', (rate, position) => {
    expect(positionOf(rate)).toBe(position);
  });
});

describe('a number beside a slider', () => {
  const bounds = { min: 0, max: 100_000, unit: 'rows an hour' };

  test.each([
    [0, undefined],
    [100_000, undefined],
    [Number.NaN, undefined],
    [100_001, 'At most 100,000 rows an hour.'],
    [-1, 'At least 0 rows an hour.'],
  ])('of %d is told: %s', (number, words) => {
    expect(complaintAbout(number, bounds)).toBe(words);
  });
});

describe('what the audit says', () => {
  const audit: DeliveryAudit = {
    comparedAtMs: 0,
    visible: 100,
    delivered: 100,
    missing: 0,
    filtered: 0,
    oldestMissingSeconds: null,
    repeated: 0,
    unknown: 0,
    unreadable: 0,
    missingSamples: [],
    repeatedSamples: [],
  };

  test.each<[Partial<DeliveryAudit>, string, string]>([
    [{}, 'good', 'All rows have arrived, each once.'],
    [{ filtered: 9 }, 'good', 'All rows have arrived, each once, but for those that the rules keep back.'],
    [{ filtered: 9, missing: 2 }, 'waiting', '2 rows are on their way.'],
    [{ visible: 0 }, 'waiting', 'The tenant has shown no row yet.'],
    [{ missing: 3, oldestMissingSeconds: 4 }, 'waiting', '3 rows are on their way, the oldest for 4 s.'],
    [{ missing: 1, oldestMissingSeconds: 80 }, 'waiting', '1 row is on its way, for 1 min 20 s.'],
    [{ missing: 2 }, 'waiting', '2 rows are on their way.'],
    [{ repeated: 1 }, 'wrong', '1 event arrived more than once.'],
    [{ repeated: 2, missing: 2 }, 'wrong', '2 events arrived more than once. 2 rows are on their way.'],
    [{ unknown: 1 }, 'wrong', '1 row arrived that the tenant has never shown.'],
    [{ unreadable: 2 }, 'wrong', '2 events cannot be read.'],
  ])('with %j is %s: %s', (changes, tone, sentence) => {
    expect(outcomeOf({ ...audit, ...changes })).toEqual({ tone, sentence });
  });
});

describe('what is switched on in the simulation', () => {
  const well = { faultShare: 0, outage: false };

  test('is told of each side that is simulated', () => {
    expect(tellTroubles({ faultShare: 0.3, outage: false }, { faultShare: 0.125, outage: false })).toEqual([
      '30 % of Microsoft’s answers fail.',
      '12.5 % of the batches are not taken by the intake.',
    ]);
    expect(tellTroubles(null, { ...well, outage: true })).toEqual(['The intake is out of service.']);
  });

  test('is an outage alone where there are faults too', () => {
    expect(tellTroubles({ faultShare: 0.3, outage: true }, well)).toEqual(['Microsoft is out of service.']);
  });

  test('is nothing where all goes well, or nothing is simulated', () => {
    expect(tellTroubles(well, well)).toEqual([]);
    expect(tellTroubles(null, null)).toEqual([]);
  });
});

describe('a control between the page and the server', () => {
  const told: IntakeControls = { faultShare: 0, outage: false };

  function after(...steps: readonly DraftStep<IntakeControls>[]): ControlDraft<IntakeControls> {
    return steps.reduce<ControlDraft<IntakeControls>>(nextDraft, noDraft());
  }

  const changed = { type: 'changed', changes: { faultShare: 0.2 } } as const;

  test('shows a change at once, and the other values as the server tells them', () => {
    expect(shownControls(told, after(changed))).toEqual({ faultShare: 0.2, outage: false });
    expect(shownControls({ ...told, outage: true }, after(changed))).toEqual({ faultShare: 0.2, outage: true });
  });

  test('shows what the server tells once the change is settled', () => {
    const draft = after(changed, { type: 'settled', version: 1 });
    expect(shownControls({ ...told, faultShare: 0.19 }, draft).faultShare).toBe(0.19);
  });

  test('goes back when the change is refused, and says why until the next change', () => {
    const refused = after(changed, { type: 'refused', version: 1, error: 'Too much.' });
    expect(shownControls(told, refused)).toEqual(told);
    expect(refused.error).toBe('Too much.');
    expect(nextDraft(refused, changed).error).toBeNull();
  });

  test('stays where it was put last while the answers to earlier changes come in', () => {
    const again = { type: 'changed', changes: { faultShare: 0.3 } } as const;
    const settled = after(changed, again, { type: 'settled', version: 1 });
    expect(shownControls(told, settled).faultShare).toBe(0.3);
    const refused = after(changed, again, { type: 'refused', version: 1, error: 'Too much.' });
    expect(shownControls(told, refused).faultShare).toBe(0.3);
    expect(refused.error).toBe('Too much.');
  });
});
