import { type ReactNode, useEffect, useId, useState } from 'react';
import './slider.css';

interface SliderProps {
  readonly label: string;
  readonly value: number;
  readonly min: number;
  readonly max: number;
  readonly step: number;
  /** Behind the number: `%`, `rows an hour`. */
  readonly unit?: string;
  readonly help?: ReactNode;
  readonly disabled?: boolean;
  /** When the operator has come to rest on a number for a moment; numbers are within the bounds. */
  readonly onChange: (value: number) => void;
}

const restMs = 300;

/** A range and, for exact numbers, a field. What is being set is not overwritten by what the runner tells meanwhile. */
export function Slider({ label, value, min, max, step, unit, help, disabled = false, onChange }: SliderProps) {
  const id = useId();
  const [draft, setDraft] = useState<string | null>(null);
  useEffect(() => {
    if (draft === null) return;
    const timer = window.setTimeout(() => {
      const number = Number(draft);
      if (draft.trim() !== '' && Number.isFinite(number)) onChange(Math.min(max, Math.max(min, number)));
      setDraft(null);
    }, restMs);
    return () => window.clearTimeout(timer);
  }, [draft, min, max, onChange]);
  const shown = draft ?? String(value);
  const shared = { min, max, step, disabled, 'aria-describedby': help ? `${id}-help` : undefined };
  return (
    <div className="slider">
      <label className="slider-label" htmlFor={id}>
        {label}
      </label>
      <input
        id={id}
        type="range"
        className="slider-range"
        value={shown}
        aria-valuetext={unit ? `${shown} ${unit}` : undefined}
        onChange={(event) => setDraft(event.target.value)}
        {...shared}
      />
      <span className="slider-number">
        <input
          type="number"
          className="input slider-input"
          aria-label={unit ? `${label}, ${unit}` : label}
          value={shown}
          onChange={(event) => setDraft(event.target.value)}
          {...shared}
        />
        {unit}
      </span>
      {help && (
        <p id={`${id}-help`} className="slider-help">
          {help}
        </p>
      )}
    </div>
  );
}
