import { type ReactNode, useId } from 'react';
import { useConnected } from './button.js';
import './slider.css';
import { SliderNumber } from './slider-number.js';
import { useRestingNumber } from './use-resting-number.js';

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Behind the number: `%`, `rows an hour`. */
  readonly unit: string;
  readonly help: ReactNode;
  /** When the operator has come to rest on a number for a moment; numbers are within the bounds. */
  readonly onChange: (value: number) => void;
}

/** A range and, for exact numbers, a field. */
export function Slider({ label, value, min, max, step, unit, help, onChange }: SliderProps) {
  const id = useId();
  const connected = useConnected();
  const number = useRestingNumber(value, { min, max, unit }, onChange);
  return (
    <div className="slider">
      <label className="slider-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="range"
        className="slider-range"
        min={min}
        max={max}
        step={step}
        disabled={!connected}
        value={number.shown}
        aria-valuetext={`${number.shown} ${unit}`}
        aria-describedby={`${id}-help`}
        onChange={(event) => number.change(event.target.value)}
      />
      <SliderNumber id={id} label={label} bounds={{ min, max, unit }} step={step} number={number} />
      <p id={`${id}-help`} className="slider-help">
        {help}
      </p>
    </div>
  );
}
