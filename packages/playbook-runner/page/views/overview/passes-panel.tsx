import { EmptyState } from '../../parts/empty-state.js';
import { Panel } from '../../parts/panel.js';
import './disclosure.css';
import { layOutPasses, type PassesState } from './passes-layout.js';
import { PassesPicture } from './passes-picture.js';
import { PassesTable } from './passes-table.js';

interface PassesPanelProps {
  readonly state: PassesState;
  readonly nowMs: number;
}

export function PassesPanel({ state, nowMs }: PassesPanelProps) {
  const layout = layOutPasses(state, nowMs);
  return (
    <Panel title="Passes" help="How far back in time the trigger has read, and what it reads again as mail gets older.">
      {layout.strips.length === 0 ? (
        <EmptyState title="No pass has begun">They appear here once the trigger runs and tells of them.</EmptyState>
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
