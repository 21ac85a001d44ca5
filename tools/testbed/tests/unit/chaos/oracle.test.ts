import { describe, expect, test } from '@jest/globals';
import { classify, STARTUP_MS, type Look, type Trouble } from '../../../src/chaos/status/oracle.js';

const outage: Trouble = {
  name: 'Microsoft away',
  extent: 'total',
  fromMs: 100_000,
  untilMs: 120_000,
  metMs: 101_000,
  noticedWithinMs: 5000,
  recoveredWithinMs: 30_000,
  looksLikeSettings: false,
  setsTimeAside: false,
};
const look = (atMs: number, status: Look['status'], more: Partial<Look> = {}): Look => ({
  atMs,
  startedMs: 0,
  status,
  matters: status === 'ok' ? [] : ['reading'],
  ...more,
});

describe('a status', () => {
  test.each<[string, Look, Trouble[], string]>([
    ['must be ok where nothing has failed yet', look(50_000, 'ok'), [outage], 'ok'],
    ['may be ok just after a total fault has begun', look(105_000, 'ok'), [outage], 'either'],
    ['must not be ok later in it', look(110_000, 'degraded'), [outage], 'trouble'],
    [
      'may ask for other settings in it, where it looks so',
      look(110_000, 'misconfigured'),
      [{ ...outage, looksLikeSettings: true }],
      'trouble',
    ],
    [
      'may be ok in it as long as the module has not met it',
      look(119_000, 'ok'),
      [{ ...outage, metMs: undefined }],
      'either',
    ],
    ['may be either for a while after it', look(140_000, 'degraded'), [outage], 'either'],
    ['must be ok again after that', look(151_000, 'ok'), [outage], 'ok'],
    ['may be ok in a passing fault', look(119_000, 'ok'), [{ ...outage, extent: 'passing' }], 'either'],
    ['may be degraded in a passing fault', look(119_000, 'degraded'), [{ ...outage, extent: 'passing' }], 'either'],
    [
      'of a process that has just been started may be degraded still',
      look(160_000, 'degraded', { startedMs: 160_000 - STARTUP_MS + 1 }),
      [outage],
      'either',
    ],
    [
      'may stay degraded for time that was set aside',
      look(900_000, 'degraded', { matters: ['set aside'] }),
      [{ ...outage, setsTimeAside: true }],
      'ok',
    ],
  ])('%s', (_, seen, troubles, expected) => {
    expect(classify(seen, troubles)).toEqual({ expected });
  });

  test.each<[string, Look, Trouble[], string]>([
    ['ok late in a total fault', look(107_000, 'ok'), [outage], 'ok during "Microsoft away"'],
    [
      'ok in one that lasts still',
      look(900_000, 'ok'),
      [{ ...outage, untilMs: undefined }],
      'ok during "Microsoft away"',
    ],
    ['degraded before anything failed', look(50_000, 'degraded'), [outage], 'degraded, but nothing fails any more'],
    ['degraded long after', look(151_000, 'degraded'), [outage], 'degraded, but nothing fails any more'],
    [
      'degraded for set-aside time that nothing explains',
      look(151_000, 'degraded', { matters: ['set aside'] }),
      [outage],
      'degraded, but nothing fails any more',
    ],
    [
      'degraded for more than set-aside time',
      look(151_000, 'degraded', { matters: ['set aside', 'intake'] }),
      [{ ...outage, setsTimeAside: true }],
      'degraded, but nothing fails any more',
    ],
    [
      'misconfigured where no setting looks wrong',
      look(110_000, 'misconfigured'),
      [outage],
      'misconfigured, but no setting is wrong',
    ],
    [
      'misconfigured while starting, where no setting looks wrong',
      look(119_000, 'misconfigured', { startedMs: 118_000 }),
      [outage],
      'misconfigured, but no setting is wrong',
    ],
    [
      'misconfigured long after settings looked wrong',
      look(151_000, 'misconfigured'),
      [{ ...outage, looksLikeSettings: true }],
      'misconfigured, but no setting is wrong',
    ],
  ])('is wrong: %s', (_, seen, troubles, violation) => {
    expect(classify(seen, troubles)).toMatchObject({ violation });
  });
});
