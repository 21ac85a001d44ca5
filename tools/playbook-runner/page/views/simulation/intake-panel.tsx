import type { IntakeControls } from '../../../src/wire/live.js';
import { api } from '../../api/client.js';
import { Panel } from '../../parts/panel.js';
import { FaultControls } from './fault-controls.js';
import { useControls } from './use-controls.js';

interface IntakePanelProps {
  /** Its id. */
  readonly playbook: string;
  readonly intake: IntakeControls;
}

export function IntakePanel({ playbook, intake }: IntakePanelProps) {
  const controls = useControls<IntakeControls>(intake, (changes) => api.changeIntake(playbook, changes));
  return (
    <Panel title="The intake" help="Takes the events, in place of Sekoia.io’s. This playbook has one of its own.">
      <FaultControls
        controls={controls}
        faults={{
          label: 'The intake’s faults',
          help: 'Of the batches, how many it does not take: errors, cut connections, answers that make no sense.',
        }}
        outage={{ label: 'The intake is out of service', help: 'It takes nothing until this is switched off again.' }}
      />
    </Panel>
  );
}
