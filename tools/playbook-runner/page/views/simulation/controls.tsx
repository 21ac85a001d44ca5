import type { ReactNode } from 'react';
import { Slider } from '../../parts/sliders.js';
import { Notice } from '../../parts/notices.js';
import { Switch } from '../../parts/inputs.js';
import type { UsedControls } from './use-controls.js';

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

interface FaultControlsProps {
  readonly controls: UsedControls<{ readonly faultShare: number; readonly outage: boolean }>;
  readonly faults: { readonly label: string; readonly help: string };
  readonly outage: { readonly label: string; readonly help: string };
}

/** How badly one side behaves, and why a change of that was refused. */
export function FaultControls({ controls: { shown, change, error }, faults, outage }: FaultControlsProps) {
  return (
    <>
      <ShareSlider
        {...faults}
        share={shown.faultShare}
        maxPercent={50}
        onChange={(faultShare) => change({ faultShare })}
      />
      <Switch {...outage} checked={shown.outage} onChange={(isOut) => change({ outage: isOut })} />
      {error !== null && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
    </>
  );
}
