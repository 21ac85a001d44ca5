import type { ReactNode } from 'react';
import { Slider } from '../../parts/slider.js';

interface ShareSliderProps {
  readonly label: string;
  /** 0 … 1, in whole per cents. */
  readonly share: number;
  readonly mostPercent: number;
  readonly help: ReactNode;
  readonly onChange: (share: number) => void;
}

export function ShareSlider({ label, share, mostPercent, help, onChange }: ShareSliderProps) {
  return (
    <Slider
      label={label}
      value={Math.round(share * 100)}
      min={0}
      max={mostPercent}
      step={1}
      unit="%"
      help={help}
      onChange={(percent) => onChange(percent / 100)}
    />
  );
}
