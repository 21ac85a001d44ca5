import type { TenantControls } from '../../../src/wire/live.js';
import { api } from '../../api/client.js';
import { Panel } from '../../parts/panel.js';
import { FaultControls } from './fault-controls.js';
import { RateSlider } from './rate-slider.js';
import { ShareSlider } from './share-slider.js';
import { useControls } from './use-controls.js';

export function TenantPanel({ tenant }: { readonly tenant: TenantControls }) {
  const controls = useControls(tenant, api.changeTenant);
  const { shown, change } = controls;
  return (
    <Panel
      title="The simulated tenant"
      help="Plays Microsoft: the mail of a company, and the APIs that tell of it. All playbooks on it share it."
    >
      <RateSlider rowsPerHour={shown.rowsPerHour} onChange={(rowsPerHour) => change({ rowsPerHour })} />
      <ShareSlider
        label="Late rows"
        share={shown.lateShare}
        maxPercent={100}
        help="Of the mail that is still to come, how much appears only after its time has been read."
        onChange={(lateShare) => change({ lateShare })}
      />
      <FaultControls
        controls={controls}
        faults={{
          label: 'Microsoft’s faults',
          help: 'Of the answers, how many fail: errors, cut connections, requests to slow down.',
        }}
        outage={{ label: 'Microsoft is out of service', help: 'Nothing answers but status 503.' }}
      />
    </Panel>
  );
}
