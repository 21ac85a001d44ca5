import type { ReactNode } from 'react';
import { Slider } from '../../parts/slider.js';

interface ShareSliderProps {
  readonly label: string;
  /** 0 … 1, in whole per cents. */
  readonly share: number;
  readonly maxPercent: number;
  readonly help: ReactNode;
  readonly onChange: (share: number) => void;
}

export function ShareSlider({ label, share, maxPercent, help, onChange }: ShareSliderProps) {
  return (
    <Slider
      label={label}
      value={Math.round(share * 100)}
      min={0}
      max={maxPercent}
      step={1}
      unit="%"
      help={help}
      onChange={(percent) => onChange(percent / 100)}
    />
  );
}
