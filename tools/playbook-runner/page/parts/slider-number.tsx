import { useConnected } from './button.js';
import { describedBy } from './field.js';
import './field.css';
import type { NumberBounds, RestingNumber } from './use-resting-number.js';

interface SliderNumberProps {
  /** Of the slider, whose help describes this too. */
  readonly id: string;
  readonly label: string;
  readonly bounds: NumberBounds;
  readonly step: number;
  readonly number: RestingNumber;
}

/** The field beside a slider, and why what is typed there is not taken over. */
export function SliderNumber({ id, label, bounds: { min, max, unit }, step, number }: SliderNumberProps) {
  const connected = useConnected();
  return (
    <>
      <span className="slider-number">
        <input
          type="number"
          className="input slider-input"
          aria-label={`${label}, ${unit}`}
          aria-describedby={describedBy(id)}
          aria-invalid={number.complaint !== undefined}
          min={min}
          max={max}
          step={step}
          disabled={!connected}
          value={number.shown}
          onChange={(event) => number.change(event.target.value)}
          onBlur={number.leave}
        />
        {unit}
      </span>
      <p id={`${id}-error`} className="field-error slider-error" aria-live="polite">
        {number.complaint}
      </p>
    </>
  );
}
