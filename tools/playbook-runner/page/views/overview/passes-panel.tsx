import { type ReactNode, useId, useState } from 'react';
import { formatLocalTime } from '../../format/format.js';
import {
  describeStrip,
  layOutPasses,
  type PassesLayout,
  type PassesState,
  passTask,
  type Span,
  type Strip,
} from './passes-layout.js';
import type { ReadRange, TimeRange } from '../../../src/wire/live.js';
import { Panel, Time } from '../../parts/layout.js';
import { EmptyState } from '../../parts/notices.js';
import './disclosure.css';

interface PassesPictureProps {
  readonly layout: PassesLayout;
  readonly nowMs: number;
}

const exactly = (timeMs: number): string => formatLocalTime(timeMs, 'day-and-second');

/**
 * One strip for each pass over a common axis of ages. Under the pointer or with the focus a strip tells its exact
 * times.
 */
function PassesPicture({ layout, nowMs }: PassesPictureProps) {
  const [pointed, setPointed] = useState<number | null>(null);
  const hatchId = useId();
  const { scale, strips } = layout;
  const detailed = strips.find(({ pass }) => pass === pointed);
  return (
    <div className="passes">
      {strips.map((strip) => (
        <div
          key={strip.pass}
          className="pass"
          role="img"
          tabIndex={0}
          aria-label={`Pass ${strip.pass}, ${passTask(strip.pass, strip.picture.readsAtAgeSeconds)}. ${describeStrip(strip, nowMs, exactly)}`}
          onPointerEnter={() => setPointed(strip.pass)}
          onPointerLeave={() => setPointed(null)}
          onFocus={() => setPointed(strip.pass)}
          onBlur={() => setPointed(null)}
        >
          <span className="pass-label">
            <strong>Pass {strip.pass}</strong> · {passTask(strip.pass, strip.picture.readsAtAgeSeconds)}
          </span>
          <StripDrawing strip={strip} hatchId={hatchId}>
            {scale.ticks.map(({ label, atPercent }) => (
              <line key={label} className="pass-grid" x1={`${atPercent}%`} x2={`${atPercent}%`} y1="0" y2="100%" />
            ))}
          </StripDrawing>
        </div>
      ))}
      <div className="passes-axis" aria-hidden="true">
        {scale.ticks.map(({ label, atPercent }) => (
          <span key={label} style={{ left: `${atPercent}%` }}>
            {label}
          </span>
        ))}
      </div>
      <p className="passes-detail" aria-hidden="true">
        {detailed ? (
          <>
            <strong>Pass {detailed.pass}.</strong> {describeStrip(detailed, nowMs, exactly)}
          </>
        ) : (
          'Point at a strip to see its exact times. The table below has them too.'
        )}
      </p>
      <Legend hatchId={hatchId} />
    </div>
  );
}

interface StripDrawingProps {
  readonly strip: Strip;
  readonly hatchId: string;
  /** Behind the strip. */
  readonly children: ReactNode;
}

function StripDrawing({ strip, hatchId, children }: StripDrawingProps) {
  return (
    <svg className="pass-strip" width="100%" height="30">
      {children}
      <rect className="pass-track" x="0" width="100%" y="8" height="14" rx="3" />
      <rect className="pass-read" x="0" width={`${strip.filledPercent}%`} y="8" height="14" rx="3" />
      {strip.readAhead && <rect fill={`url(#${hatchId})`} {...along(strip.readAhead)} y="8" height="14" rx="3" />}
      {strip.justRead && (
        <rect
          className="pass-just-read"
          {...along(strip.justRead)}
          y="8"
          height="14"
          opacity={strip.justRead.strength}
        />
      )}
      {strip.reading && <rect className="pass-reading" {...along(strip.reading)} y="5" height="20" rx="2" />}
      <line className="pass-due" x1={`${strip.duePercent}%`} x2={`${strip.duePercent}%`} y1="4" y2="26" />
    </svg>
  );
}

function along({ fromPercent, widthPercent }: Span): { readonly x: string; readonly width: string } {
  return { x: `${fromPercent}%`, width: `${widthPercent}%` };
}

function Legend({ hatchId }: { readonly hatchId: string }) {
  return (
    <ul className="passes-legend" aria-label="Colours of the picture">
      <li>
        <Swatch className="pass-read" /> read
      </li>
      <li>
        <Swatch className="pass-just-read" /> read in the last seconds
      </li>
      <li>
        <Swatch className="pass-reading" /> being read now
      </li>
      <li>
        <svg width="22" height="12" aria-hidden="true">
          <pattern id={hatchId} width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)">
            <rect className="pass-hatch-ground" width="6" height="6" />
            <rect className="pass-read" width="3" height="6" />
          </pattern>
          <rect fill={`url(#${hatchId})`} width="22" height="12" rx="2" />
        </svg>{' '}
        read ahead of a backlog
      </li>
      <li>
        <svg width="22" height="14" aria-hidden="true">
          <line className="pass-due" x1="11" x2="11" y1="0" y2="14" />
        </svg>{' '}
        old enough to be read
      </li>
    </ul>
  );
}

function Swatch({ className }: { readonly className: string }) {
  return (
    <svg width="22" height="12" aria-hidden="true">
      <rect className={className} width="22" height="12" rx="2" />
    </svg>
  );
}

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
