import { useEffect, useState } from 'react';
import { formatCount } from '../format/format.js';

export interface NumberBounds {
  readonly min: number;
  readonly max: number;
  /** Behind the number: `%`, `rows an hour`. */
  readonly unit: string;
}

export interface RestingNumber {
  /** What is being set, or else the value. */
  readonly shown: string;
  /** Why what is being set is not taken over. */
  readonly complaint: string | undefined;
  readonly change: (text: string) => void;
  /** The operator is done: what is within the bounds is taken over, anything else forgotten. */
  readonly leave: () => void;
}

const restMs = 300;

/**
 * A whole number that is taken over once the operator has come to rest on it for a moment.
 * What is being set is not overwritten by what the runner tells meanwhile.
 */
export function useRestingNumber(
  value: number,
  bounds: NumberBounds,
  onChange: (value: number) => void,
): RestingNumber {
  const [draft, setDraft] = useState<string | null>(null);
  const number = draft === null || draft.trim() === '' ? NaN : Math.round(Number(draft));
  const complaint = complaintAbout(number, bounds);
  const isFit = Number.isFinite(number) && complaint === undefined;
  useEffect(() => {
    if (!isFit) return;
    const timer = window.setTimeout(() => {
      onChange(number);
      setDraft(null);
    }, restMs);
    return () => window.clearTimeout(timer);
  }, [isFit, number, onChange]);
  return {
    shown: draft ?? String(value),
    complaint,
    change: setDraft,
    leave: () => {
      if (isFit) onChange(number);
      setDraft(null);
    },
  };
}

/** `At most 100 %.`; undefined for a number within the bounds, and for none. */
export function complaintAbout(number: number, { min, max, unit }: NumberBounds): string | undefined {
  if (number > max) return `At most ${formatCount(max)} ${unit}.`;
  return number < min ? `At least ${formatCount(min)} ${unit}.` : undefined;
}
