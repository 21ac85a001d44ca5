import { useEffect, useId, useState } from 'react';
import { formatCount } from '../../format/numbers.js';
import { HIGHEST_RATE, positionOf, RATE_POSITIONS, rateAt } from './rate-scale.js';

interface RateSliderProps {
  readonly rowsPerHour: number;
  readonly onChange: (rowsPerHour: number) => void;
}

const REST_MS = 300;

/** Like parts/slider.tsx, on a logarithmic scale: each step is the same factor. */
export function RateSlider({ rowsPerHour, onChange }: RateSliderProps) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  useEffect(() => {
    if (draft === null) return;
    const timer = window.setTimeout(() => {
      const rate = Number(draft);
      if (draft.trim() !== '' && Number.isFinite(rate)) onChange(Math.round(Math.min(HIGHEST_RATE, Math.max(0, rate))));
      setDraft(null);
    }, REST_MS);
    return () => window.clearTimeout(timer);
  }, [draft, onChange]);
  const shown = draft ?? String(Math.round(rowsPerHour));
  const rate = Number(shown) || 0;
  return (
    <div className="slider">
      <label className="slider-label" htmlFor={id}>
        Mail rate
      </label>
      <input
        id={id}
        type="range"
        className="slider-range"
        min={0}
        max={RATE_POSITIONS}
        step={1}
        value={positionOf(rate)}
        aria-valuetext={`${formatCount(rate)} rows an hour`}
        aria-describedby={`${id}-help`}
        onChange={(event) => setDraft(String(rateAt(Number(event.target.value))))}
      />
      <span className="slider-number">
        <input
          type="number"
          className="input slider-input"
          aria-label="Mail rate, rows an hour"
          min={0}
          max={HIGHEST_RATE}
          step={1}
          value={shown}
          onChange={(event) => setDraft(event.target.value)}
        />
        rows an hour
      </span>
      <p id={`${id}-help`} className="slider-help">
        {inMinutes(rate)} A row is one message to one recipient.
      </p>
    </div>
  );
}

function inMinutes(rowsPerHour: number): string {
  if (rowsPerHour === 0) return 'No new mail.';
  const minutely = Math.round(rowsPerHour / 60);
  return minutely >= 1 ? `About ${formatCount(minutely)} a minute.` : 'Less than one a minute.';
}
