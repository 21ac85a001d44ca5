import type { Overview } from '../../../src/wire/live.js';
import { formatCount } from '../../format/format.js';
import { classNames } from '../../parts/button.js';
import { Panel } from '../../parts/panel.js';

/** From this share on the bar warns: the trigger will have to wait soon. */
const NEARLY = 0.9;

export function QuotaPanel({ quota }: { readonly quota: Overview['quota'] }) {
  const share = quota === null ? 0 : Math.min(1, quota.used / quota.limit);
  return (
    <Panel title="Quota" help="Requests to Microsoft Graph in the last five minutes, of those that the settings allow.">
      {quota === null ? (
        <p className="quota-text">
          Counted while Microsoft Graph is read. The Reporting Web Service has no such limit.
        </p>
      ) : (
        <>
          <div
            className={classNames('quota-bar', share >= NEARLY && 'quota-nearly')}
            role="meter"
            aria-label="Quota used"
            aria-valuemin={0}
            aria-valuemax={quota.limit}
            aria-valuenow={quota.used}
          >
            <div className="quota-used" style={{ width: `${share * 100}%` }} />
          </div>
          <p className="quota-text">
            {formatCount(quota.used)} of {formatCount(quota.limit)} requests used,{' '}
            {formatCount(Math.max(0, quota.limit - quota.used))} left.
          </p>
        </>
      )}
    </Panel>
  );
}
