import { expect, test } from '@jest/globals';
import { SettingsError } from '../../../src/model/errors.js';
import { CertificateWatch } from '../../../src/microsoft/sign-in/client-certificate.js';

const hour = 3_600_000;
const day = 24 * hour;
const endsMs = Date.UTC(2026, 11, 24, 12);

function watch(startMs: number) {
  const warnings: string[] = [];
  const clock = { nowMs: startMs };
  const it = new CertificateWatch({ endsMs, nowMs: () => clock.nowMs, warn: (sentence) => warnings.push(sentence) });
  return { clock, warnings, check: () => it.check() };
}

test.each([
  [31, 0],
  [30, 1],
  [1, 1],
])('%i days before its end a certificate is worth %i warnings', (days, times) => {
  const { check, warnings } = watch(endsMs - days * day);
  check();
  expect(warnings.length).toBe(times);
});

test('the warning says when, what is lost and what to do, once a day', () => {
  const { check, clock, warnings } = watch(endsMs - 10 * day);
  for (let hours = 0; hours < 3 * 24; hours += 1) {
    check();
    clock.nowMs += hour;
  }
  expect(warnings.map((warning) => /in (\d+ days)/.exec(warning)?.[1])).toEqual(['10 days', '9 days', '8 days']);
  expect(warnings[0]).toMatch(/ends on 2026-12-24.*no data is lost.*client_certificate\. \[MT-EXPIRY\]$/);
});

test('a certificate that has ended is an error that names its end', () => {
  const { check, clock } = watch(endsMs - 1);
  expect(check).not.toThrow();
  clock.nowMs = endsMs;
  expect(check).toThrow(SettingsError);
  expect(check).toThrow(/ended on 2026-12-24\. Upload a new one/);
});
