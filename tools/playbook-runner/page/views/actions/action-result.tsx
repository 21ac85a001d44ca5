import { Link } from 'wouter';
import type { ActionResults, ActionRun } from '../../../src/wire/module.js';
import { resultsAddress } from '../../api/client.js';
import type { ActionCard } from '../../cards.js';
import { formatCount, formatNumber } from '../../format/format.js';
import { Panel, Time } from '../../parts/layout.js';
import { EmptyState, Notice } from '../../parts/notices.js';
import { shownText } from '../events/event-filter.js';
import { ProcessLog } from './process-log.js';
import { type Fact, layOut, type ResultLayout, textOf, timeOf, wordsOf } from './result-layout.js';
import { ResultsTable } from './results-table.js';

interface ActionResultProps {
  readonly card: ActionCard;
  /** Null where it was not run yet. */
  readonly run: ActionRun | null;
  /** Null until they are here, and where there are none. */
  readonly results: ActionResults | null;
}

/** What came of the last run. */
export function ActionResult({ card, run, results }: ActionResultProps) {
  if (run === null) {
    return (
      <EmptyState title="Not run yet">
        Fill in what you look for above, and press “Run”. The results appear here.
      </EmptyState>
    );
  }
  const layout = results && layOut(card.results, results);
  return (
    <>
      <Panel
        title="Result"
        help={<RunTimes run={run} />}
        actions={
          results && (
            <a
              className="button button-secondary button-link"
              href={resultsAddress(card.command)}
              download={`${card.command}.json`}
            >
              Download as JSON
            </a>
          )
        }
      >
        <div role="status" className="result-notices">
          <RunNotice card={card} run={run} />
          {layout?.completeness && <Completeness {...layout.completeness} />}
        </div>
        {layout && <Facts layout={layout} />}
        <ProcessLog lines={run.logs} open={run.state === 'failed'} />
      </Panel>
      {layout?.tables.map((table) => (
        <ResultsTable key={`${run.number} ${table.name}`} table={table} />
      ))}
    </>
  );
}

function RunTimes({ run: { startedAtMs, tookMs } }: { readonly run: ActionRun }) {
  return (
    <>
      Started at <Time atMs={startedAtMs} precision="second" focusable />
      {tookMs === null ? '.' : `, took ${formatNumber(tookMs / 1000)} s.`}
    </>
  );
}

function RunNotice({ card, run: { state, error, outputs } }: { readonly card: ActionCard; readonly run: ActionRun }) {
  if (state === 'running') return <Notice>The action runs.</Notice>;
  if (state === 'stopped')
    return (
      <Notice tone="caution" title="Stopped">
        {error}
      </Notice>
    );
  if (state === 'failed') {
    return (
      <Notice tone="bad" title="The action failed">
        <p>{error}</p>
        <p>
          Look at the <Link href="/account">connected account</Link> if it is about signing in.
        </p>
      </Notice>
    );
  }
  const taken = Object.entries(outputs).filter(([, isTaken]) => isTaken);
  if (taken.length === 0) return <Notice>The action ended, and the playbook goes on in no branch.</Notice>;
  return taken.map(([branch]) => (
    <Notice key={branch}>
      The playbook goes on in the branch <strong>{branch}</strong>:{' '}
      {card.outputs[branch] ?? 'its card does not say when'}.
    </Notice>
  ));
}

function Completeness({ complete, reason }: NonNullable<ResultLayout['completeness']>) {
  if (complete) return <Notice tone="good">Complete: everything that fits was found.</Notice>;
  return (
    <Notice tone="caution" title="Incomplete">
      {reason ?? 'Not everything was found.'}
    </Notice>
  );
}

function Facts({ layout: { facts } }: { readonly layout: ResultLayout }) {
  return (
    <dl className="result-facts">
      {facts.map((fact) => (
        <div key={fact.name}>
          <dt title={fact.help}>{fact.title}</dt>
          <dd>
            <FactValue value={fact.value} />
          </dd>
        </div>
      ))}
    </dl>
  );
}

function FactValue({ value }: Pick<Fact, 'value'>) {
  const atMs = timeOf(value);
  if (atMs !== undefined) return <Time atMs={atMs} focusable />;
  if (typeof value === 'number') return formatCount(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return <bdi>{shownText(textOf(value)) || '–'}</bdi>;
  const members = Object.entries(value);
  if (members.length === 0) return '–';
  return (
    <ul className="result-members">
      {members.map(([name, one]) => (
        <li key={name}>
          {wordsOf(name)}: <bdi>{typeof one === 'number' ? formatCount(one) : shownText(textOf(one))}</bdi>
        </li>
      ))}
    </ul>
  );
}
