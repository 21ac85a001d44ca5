import type { ReadRange, TimeRange } from '../../../src/wire/live.js';
import { Time } from '../../parts/time.js';
import { passTask, type Strip } from './passes-layout.js';

interface PassesTableProps {
  readonly strips: readonly Strip[];
  readonly reading: ReadRange | null;
}

/** What the picture shows, in times. */
export function PassesTable({ strips, reading }: PassesTableProps) {
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
