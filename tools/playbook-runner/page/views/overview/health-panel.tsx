import type { Overview } from '../../../src/wire/live.js';
import { Notice } from '../../parts/notice.js';
import { Panel } from '../../parts/panel.js';

export function HealthPanel({ health }: { readonly health: Overview['health'] }) {
  return (
    <Panel title="Health" help="What the trigger answers when the platform asks it.">
      {health === null && <Notice>Nothing answers: the trigger does not run, or is just starting.</Notice>}
      {health?.healthy === true && <Notice tone="good">All is well.</Notice>}
      {health?.healthy === false && (
        <Notice tone="bad" title="Not healthy">
          <ul className="reasons">
            {health.reasons.map((reason) => (
              <li key={reason}>{reason}</li>
            ))}
          </ul>
        </Notice>
      )}
    </Panel>
  );
}
