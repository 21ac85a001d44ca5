import { type ReactNode, useId } from 'react';
import { useConnected } from './buttons.js';
import './slider.css';
import { type NumberBounds, type RestingNumber, useRestingNumber } from './use-resting-number.js';
import { describedBy } from './inputs.js';
import './field.css';

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
