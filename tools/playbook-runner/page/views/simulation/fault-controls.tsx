import { Notice } from '../../parts/notice.js';
import { Switch } from '../../parts/switch.js';
import { ShareSlider } from './share-slider.js';
import type { UsedControls } from './use-controls.js';

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
