import { useId } from 'react';
import { formatCount } from '../../format/format.js';
import { useConnected } from '../../parts/button.js';
import { SliderNumber } from '../../parts/slider-number.js';
import { useRestingNumber } from '../../parts/use-resting-number.js';
import { HIGHEST_RATE, positionOf, RATE_POSITIONS, rateAt } from './rate-scale.js';

interface RateSliderProps {
  readonly rowsPerHour: number;
  readonly onChange: (rowsPerHour: number) => void;
}

const BOUNDS = { min: 0, max: HIGHEST_RATE, unit: 'rows an hour' };

/** Like parts/slider.tsx, on a logarithmic scale: each step is the same factor. */
export function RateSlider({ rowsPerHour, onChange }: RateSliderProps) {
  const id = useId();
  const connected = useConnected();
  const number = useRestingNumber(Math.round(rowsPerHour), BOUNDS, onChange);
  const rate = Number(number.shown) || 0;
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
        disabled={!connected}
        value={positionOf(rate)}
        aria-valuetext={`${formatCount(rate)} rows an hour`}
        aria-describedby={`${id}-help`}
        onChange={(event) => number.change(String(rateAt(Number(event.target.value))))}
      />
      <SliderNumber id={id} label="Mail rate" bounds={BOUNDS} step={1} number={number} />
      <p id={`${id}-help`} className="slider-help">
        {number.complaint === undefined && inMinutes(rate)} A row is one message to one recipient.
      </p>
    </div>
  );
}

function inMinutes(rowsPerHour: number): string {
  if (rowsPerHour === 0) return 'No new mail.';
  const minutely = Math.round(rowsPerHour / 60);
  return minutely >= 1 ? `About ${formatCount(minutely)} a minute.` : 'Less than one a minute.';
}
