import type { Totals } from '../../../src/wire/live.js';
import { formatCount, formatDuration } from '../../format/format.js';
import { Panel } from '../../parts/panel.js';

const LINES: readonly (readonly [name: keyof Totals, label: string, meaning: string])[] = [
  ['rowsRead', 'Rows read', 'answered by Microsoft, repeats included'],
  ['delivered', 'Delivered', 'events that the intake has acknowledged'],
  ['lateRows', 'Late rows', 'appeared after their time had been read, and were found again'],
  ['statusChanges', 'Status changes', 'rows sent again because their status had changed'],
  ['repeatsSuppressed', 'Repeats suppressed', 'rows read again that had gone out before: not sent twice'],
  ['rejected', 'Rejected', 'rows that could not be delivered; they lie in the folder “rejected”'],
  ['gapSeconds', 'Gaps', 'time that could no longer be had from Microsoft'],
  ['requests', 'Requests', 'to Microsoft, those for tokens included'],
];

/** Rows that are lost to the intake: the only totals that should stay at 0. */
const UNWANTED: ReadonlySet<keyof Totals> = new Set(['rejected', 'gapSeconds']);

export function TotalsPanel({ totals }: { readonly totals: Totals }) {
  return (
    <Panel title="Totals" help="Since the runner was started, over all restarts of the trigger.">
      <dl className="totals">
        {LINES.map(([name, label, meaning]) => (
          <div key={name} className="total">
            <dt>{label}</dt>
            <dd className={UNWANTED.has(name) && totals[name] > 0 ? 'total-value total-unwanted' : 'total-value'}>
              {name === 'gapSeconds' ? formatDuration(totals[name]) : formatCount(totals[name])}
            </dd>
            <dd className="total-meaning">{meaning}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  );
}
