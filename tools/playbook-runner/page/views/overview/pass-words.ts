import { formatDuration } from '../../format/durations.js';
import type { Strip } from './passes-layout.js';

/** Such as `reads new mail`, `reads again at 4 min`. */
export function passTask(pass: number, readsAtAgeSeconds: number): string {
  const age = formatDuration(readsAtAgeSeconds);
  if (pass > 0) return `reads again at ${age}`;
  return readsAtAgeSeconds === 0 ? 'reads new mail' : `reads mail once it is ${age} old`;
}

/** What a strip tells, in exact times; `time` writes one for people. */
export function describeStrip(strip: Strip, nowMs: number, time: (timeMs: number) => string): string {
  const { readsAtAgeSeconds, watermarkMs, lastRead } = strip.picture;
  const at = strip.pass === 0 ? 'once' : `at an age of ${formatDuration(readsAtAgeSeconds)}`;
  const behind = formatDuration((nowMs - watermarkMs) / 1000);
  const read = `Mail received before ${time(watermarkMs)} (${behind} ago) has been read ${at}.`;
  if (lastRead === null) return `${read} It has needed no reading of its own yet.`;
  const ago = formatDuration((nowMs - lastRead.atMs) / 1000);
  return `${read} Last read: ${time(lastRead.startMs)} to ${time(lastRead.endMs)}, ${ago} ago.`;
}
