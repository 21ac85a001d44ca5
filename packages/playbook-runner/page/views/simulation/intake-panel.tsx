import type { IntakeControls } from '../../../src/wire/live.js';
import { api } from '../../api/client.js';
import { Notice } from '../../parts/notice.js';
import { Panel } from '../../parts/panel.js';
import { Switch } from '../../parts/switch.js';
import { ShareSlider } from './share-slider.js';
import { useControls } from './use-controls.js';

interface IntakePanelProps {
  /** Its id. */
  readonly playbook: string;
  readonly intake: IntakeControls;
}

export function IntakePanel({ playbook, intake }: IntakePanelProps) {
  const { shown, change, error } = useControls(intake, (changes) => api.changeIntake(playbook, changes));
  return (
    <Panel title="The intake" help="Takes the events, in place of Sekoia.io’s. This playbook has one of its own.">
      <ShareSlider
        label="The intake’s faults"
        share={shown.faultShare}
        mostPercent={50}
        help="Of the batches, how many it does not take: errors, cut connections, answers that make no sense."
        onChange={(faultShare) => change({ faultShare })}
      />
      <Switch
        label="The intake is out of service"
        help="It takes nothing until this is switched off again."
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
