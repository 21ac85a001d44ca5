import type { ReadRange, TimeRange } from '../../../src/wire/live.js';
import { Time } from '../../parts/time.js';
import { layOutPasses, type PassesState, passTask, type Strip } from './passes-layout.js';
import { EmptyState } from '../../parts/empty-state.js';
import { Panel } from '../../parts/panel.js';
import './disclosure.css';
import { PassesPicture } from './passes-picture.js';

interface PassesTableProps {
  readonly strips: readonly Strip[];
  readonly reading: ReadRange | null;
}

/** What the picture shows, in times. */
function PassesTable({ strips, reading }: PassesTableProps) {
  return (
    <div className="table-scroll" role="region" aria-label="Passes as a table" tabIndex={0}>
      <table className="plain-table">
        <thead>
          <tr>
            <th scope="col">Pass</th>
            <th scope="col">Read all before</th>
            <th scope="col">Last read</th>
            <th scope="col">Reading now</th>
          </tr>
        </thead>
        <tbody>
          {strips.map(({ pass, picture: { readsAtAgeSeconds, watermarkMs, lastRead } }) => (
            <tr key={pass}>
              <th scope="row">
                Pass {pass} · {passTask(pass, readsAtAgeSeconds)}
              </th>
              <td>
                <Time atMs={watermarkMs} />
              </td>
              <td>{lastRead ? <RangeTimes range={lastRead} /> : '–'}</td>
              <td>{reading?.pass === pass ? <RangeTimes range={reading} /> : '–'}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function RangeTimes({ range }: { readonly range: TimeRange }) {
  return (
    <>
      <Time atMs={range.startMs} /> to <Time atMs={range.endMs} precision="second" />
    </>
  );
}

interface PassesPanelProps {
  readonly state: PassesState;
  /** The trigger's process. */
  readonly runs: boolean;
  readonly nowMs: number;
}

export function PassesPanel({ state, runs, nowMs }: PassesPanelProps) {
  const layout = layOutPasses(state, nowMs);
  return (
    <Panel title="Passes" help="How far back in time the trigger has read, and what it reads again as mail gets older.">
      {layout.strips.length === 0 ? (
        <NoPasses runs={runs} />
      ) : (
        <>
          <PassesPicture layout={layout} nowMs={nowMs} />
          <details className="disclosure">
            <summary>As a table</summary>
            <PassesTable strips={layout.strips} reading={state.reading} />
          </details>
        </>
      )}
      <details className="disclosure">
        <summary>What is this?</summary>
        <p>
          Microsoft shows a message minutes to a day after it was received, in no order, and changes its status later.
          So the trigger does not read time once: the first pass reads new mail at once, and each later pass reads the
          same time again when it has reached a certain age.
        </p>
        <p>
          A strip is filled up to its <em>watermark</em>: all mail received before that has been read by this pass. The
          present is at the right; each mark to the left is several times older. The small upright line shows where mail
          becomes old enough for the pass: between the fill and that line lies what it reads next.
        </p>
      </details>
    </Panel>
  );
}

/** A trigger that was never started has no such panel. */
function NoPasses({ runs }: Pick<PassesPanelProps, 'runs'>) {
  return runs ? (
    <EmptyState title="Nothing has been read yet">
      The trigger runs. Its passes appear here once it has read something.
    </EmptyState>
  ) : (
    <EmptyState title="The trigger does not run now">
      Its passes appear here again once it does: it goes on from where it had read.
    </EmptyState>
  );
}
