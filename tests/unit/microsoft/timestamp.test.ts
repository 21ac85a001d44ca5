import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { timestampMs, timestampOf, timestampOfMs } from '../../../src/microsoft/http/row-values.js';
import { anyText } from '../../support/arbitrary-row.js';
import { runs } from '../../../packages/automation-sdk-shim/tests/support/runs.js';

describe('a time of OData 2', () => {
  test.each([
    ['/Date(1658751973240)/', '2022-07-25T12:26:13.240000Z'],
    ['/Date(631152000000)/', '1990-01-01T00:00:00.000000Z'],
    ['/Date(4102444799999)/', '2099-12-31T23:59:59.999000Z'],
    // The offset tells where the clock hung; the number is UTC all the same.
    ['/Date(1658751973240+0200)/', '2022-07-25T12:26:13.240000Z'],
    ['/Date(1658751973240-0730)/', '2022-07-25T12:26:13.240000Z'],
  ])('%s is %s', (value, timestamp) => {
    expect(timestampOf(value)).toBe(timestamp);
  });
});

describe('a time of ISO 8601', () => {
  test.each([
    ['2022-07-25T12:26:13', '2022-07-25T12:26:13.000000Z'],
    ['2022-07-25T12:26:13Z', '2022-07-25T12:26:13.000000Z'],
    ['2022-07-25T12:26:13.2', '2022-07-25T12:26:13.200000Z'],
    ['2022-07-25T12:26:13.24Z', '2022-07-25T12:26:13.240000Z'],
    ['2022-07-25T12:26:13.240', '2022-07-25T12:26:13.240000Z'],
    ['2022-07-25T12:26:13.2401Z', '2022-07-25T12:26:13.240100Z'],
    ['2022-07-25T12:26:13.24012', '2022-07-25T12:26:13.240120Z'],
    ['2022-07-25T12:26:13.240123Z', '2022-07-25T12:26:13.240123Z'],
    ['2022-07-25T12:26:13.2401239', '2022-07-25T12:26:13.240123Z'],
    ['2022-07-25T12:26:13.24012399Z', '2022-07-25T12:26:13.240123Z'],
    ['2022-07-25T12:26:13.999999999', '2022-07-25T12:26:13.999999Z'],
    ['2022-07-25T14:26:13.240123+02:00', '2022-07-25T12:26:13.240123Z'],
    ['2022-07-25T14:26:13+0200', '2022-07-25T12:26:13.000000Z'],
    ['2022-07-25T04:56:13.5-07:30', '2022-07-25T12:26:13.500000Z'],
    ['2022-12-31T23:30:00-01:00', '2023-01-01T00:30:00.000000Z'],
    ['2022-07-25 12:26:13.24', '2022-07-25T12:26:13.240000Z'],
    ['2022-07-25t12:26:13z', '2022-07-25T12:26:13.000000Z'],
  ])('%s is %s', (value, timestamp) => {
    expect(timestampOf(value)).toBe(timestamp);
  });
});

describe('no time', () => {
  test.each([
    [undefined],
    [null],
    [1_658_751_973_240],
    [{}],
    [''],
    ['yesterday'],
    ['2022-07-25'],
    ['2022-07-25T12:26'],
    ['2022-13-25T12:26:13Z'],
    ['2022-07-25T25:26:13Z'],
    ['2022-07-25T12:26:61Z'],
    ['2022-07-25T12:26:13.Z'],
    ['2022-07-25T12:26:13.1234567890Z'],
    ['2022-07-25T12:26:13+99:99'],
    ['2022-07-25T12:26:13Z and more'],
    [' 2022-07-25T12:26:13Z'],
    ['+012022-07-25T12:26:13Z'],
    ['9999-12-31T23:59:59-01:00'],
    ['/Date()/'],
    ['/Date(NaN)/'],
    ['/Date(1658751973.240)/'],
    ['/Date(253402300800000)/'],
    ['/Date(9999999999999999)/'],
    ['/Date(99999999999999999999)/'],
    ['Date(1658751973240)'],
    // What programs write where they know no time.
    ['0001-01-01T00:00:00'],
    ['0001-01-01T00:00:00Z'],
    ['0001-01-01T00:00:00+14:00'],
    ['/Date(-62135596800000)/'],
    ['1601-01-01T00:00:00Z'],
    ['1899-12-30T00:00:00Z'],
    ['1970-01-01T00:00:00Z'],
    ['/Date(0)/'],
    ['/Date(-1)/'],
    ['1980-01-01T00:00:00'],
    ['1989-12-31T23:59:59.999999Z'],
    ['2100-01-01T00:00:00Z'],
    ['9999-12-31T23:59:59.9999999Z'],
    ['/Date(253402300799999)/'],
  ])('is what %j says', (value) => {
    expect(timestampOf(value)).toBeUndefined();
  });
});

const instants = fc.integer({ min: Date.parse('1990-01-01T00:00:00Z'), max: Date.parse('2099-12-31T23:59:59.999Z') });

test('milliseconds come back from a timestamp, whichever way they went in', () => {
  fc.assert(
    fc.property(instants, (ms) => {
      expect(timestampMs(timestampOfMs(ms)!)).toBe(ms);
      expect(timestampMs(timestampOf(`/Date(${ms})/`)!)).toBe(ms);
      expect(timestampMs(timestampOf(new Date(ms).toISOString())!)).toBe(ms);
    }),
  );
});

test('microseconds that came are kept, and a timestamp read again is the same', () => {
  fc.assert(
    fc.property(instants, fc.nat({ max: 999_999 }), (ms, microseconds) => {
      const seconds = new Date(ms).toISOString().slice(0, 19);
      const timestamp = `${seconds}.${String(microseconds).padStart(6, '0')}Z`;
      expect(timestampOf(timestamp)).toBe(timestamp);
    }),
  );
});

test('whatever it is given, the result has one form or there is none', () => {
  const texts = fc.stringMatching(
    /^(\/Date\(-?\d{1,17}([+-]\d{4})?\)\/|\d{4}-[01]\d-[0-3]\dT[0-2]\d:[0-6]\d:[0-6]\d(\.\d{0,9})?Z?)$/,
  );
  fc.assert(
    fc.property(fc.oneof(texts, anyText, fc.anything()), (value) => {
      expect(timestampOf(value) ?? '0000-00-00T00:00:00.000000Z').toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
    }),
    runs(500),
  );
});
