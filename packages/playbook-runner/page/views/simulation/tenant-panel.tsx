import type { TenantControls } from '../../../src/wire/live.js';
import { api } from '../../api/client.js';
import { Notice } from '../../parts/notice.js';
import { Panel } from '../../parts/panel.js';
import { Switch } from '../../parts/switch.js';
import { RateSlider } from './rate-slider.js';
import { ShareSlider } from './share-slider.js';
import { useControls } from './use-controls.js';

export function TenantPanel({ tenant }: { readonly tenant: TenantControls }) {
  const { shown, change, error } = useControls(tenant, api.changeTenant);
  return (
    <Panel
      title="The simulated tenant"
      help="Plays Microsoft: the mail of a company, and the APIs that tell of it. All playbooks on it share it."
    >
      <RateSlider rowsPerHour={shown.rowsPerHour} onChange={(rowsPerHour) => change({ rowsPerHour })} />
      <ShareSlider
        label="Late rows"
        share={shown.lateShare}
        mostPercent={100}
        help="Of the mail that is still to come, how much appears only after its time has been read."
        onChange={(lateShare) => change({ lateShare })}
      />
      <ShareSlider
        label="Microsoft’s faults"
        share={shown.faultShare}
        mostPercent={50}
        help="Of the answers, how many fail: errors, cut connections, requests to slow down."
        onChange={(faultShare) => change({ faultShare })}
      />
      <Switch
        label="Microsoft is out of service"
        help="Nothing answers but status 503."
        checked={shown.outage}
        onChange={(outage) => change({ outage })}
      />
      {error !== null && (
        <Notice tone="bad" role="alert">
          {error}
        </Notice>
      )}
    </Panel>
  );
}
