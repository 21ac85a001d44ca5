import type { Overview, PassPicture, TimeRange } from '../../../src/wire/live.js';
import { ageScale, type AgeScale } from './age-scale.js';

/** How long a range that has been read stays highlighted, fading. */
const GLOW_MS = 6_000;

/** What is narrower than this, in per cent of the width, would not be seen. */
const NARROWEST_PERCENT = 0.5;

/** A stretch of the time axis, in per cent of its width. */
export interface Span {
  readonly fromPercent: number;
  readonly widthPercent: number;
}

export interface Strip {
  readonly pass: number;
  readonly picture: PassPicture;
  /** From the left end to the watermark. */
  readonly filledPercent: number;
  /** Where time reaches the age at which this pass reads it. */
  readonly duePercent: number;
  readonly reading: Span | null;
  /** What was read in the last seconds; `strength` fades from 1 to 0. */
  readonly justRead: (Span & { readonly strength: number }) | null;
  /** Fresh time that was read before the backlog left of it: on the first strip alone. */
  readonly readAhead: Span | null;
}

export interface PassesLayout {
  readonly scale: AgeScale;
  readonly strips: readonly Strip[];
}

export type PassesState = Pick<Overview, 'passes' | 'reading' | 'readAhead'>;

/** The picture of the passes at `nowMs`: one strip for each, from the first on. */
export function layOutPasses({ passes, reading, readAhead }: PassesState, nowMs: number): PassesLayout {
  const age = (timeMs: number): number => (nowMs - timeMs) / 1000;
  const scale = ageScale(passes.flatMap((pass) => [pass.readsAtAgeSeconds, age(pass.watermarkMs)]));
  const span = (range: TimeRange): Span =>
    spanBetween(scale.percentOf(age(range.startMs)), scale.percentOf(age(range.endMs)));
  const strips = passes.map((picture, pass): Strip => {
    const strength = picture.lastRead === null ? 0 : 1 - (nowMs - picture.lastRead.atMs) / GLOW_MS;
    return {
      pass,
      picture,
      filledPercent: scale.percentOf(age(picture.watermarkMs)),
      duePercent: scale.percentOf(picture.readsAtAgeSeconds),
      reading: reading?.pass === pass ? span(reading) : null,
      justRead:
        picture.lastRead !== null && strength > 0
          ? { ...span(picture.lastRead), strength: Math.min(strength, 1) }
          : null,
      readAhead: pass === 0 && readAhead !== null ? span(readAhead) : null,
    };
  });
  return { scale, strips };
}

/** Wide enough to be seen, and within the axis. */
function spanBetween(startPercent: number, endPercent: number): Span {
  const widthPercent = Math.max(endPercent - startPercent, NARROWEST_PERCENT);
  return { fromPercent: Math.min(startPercent, 100 - widthPercent), widthPercent };
}
