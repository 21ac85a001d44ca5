import { useMemo, useState } from 'react';
import { countOf, formatCount } from '../../format/format.js';
import { Button } from '../../parts/buttons.js';
import { Time } from '../../parts/layout.js';
import { ForeignText, StatusMark } from '../events/events-table.js';
import { type Column, type Row, sortRows, type Sorting, type Table, textOf, timeOf } from './result-layout.js';

const ROWS_AT_ONCE = 100;
/** Longer texts go over several lines. */
const LONG_CHARACTERS = 48;

/** Others say where the platform has the list: here it is in the table. */
function firstSentence(text: string): string {
  return /^.*?\.(?= |$)/.exec(text)?.[0] ?? text;
}

/** A list among the results. A press on a column's title sorts by it, another one the other way round. */
export function ResultsTable({ table }: { readonly table: Table }) {
  const { title, help, columns, rows } = table;
  const [sorting, setSorting] = useState<Sorting | null>(null);
  const [max, setMax] = useState(ROWS_AT_ONCE);
  const sorted = useMemo(() => sortRows(rows, sorting), [rows, sorting]);
  const hidden = rows.length - max;
  const sortBy = (column: string): void =>
    setSorting({ column, descending: sorting?.column === column && !sorting.descending });
  if (rows.length === 0) return null;
  return (
    <section className="results" aria-label={title}>
      <div className="results-head">
        <h3 className="results-title">
          {title} <span className="results-count">{formatCount(rows.length)}</span>
        </h3>
        {help && <p className="results-help">{firstSentence(help)}</p>}
      </div>
      <div className="results-scroll" role="region" aria-label={`${title}, table`} tabIndex={0}>
        <table className="results-table">
          <thead>
            <tr>
              {columns.map((column) => (
                <ColumnTitle key={column.name} column={column} sorting={sorting} onSort={sortBy} />
              ))}
            </tr>
          </thead>
          <tbody>
            {sorted.slice(0, max).map((row, at) => (
              <tr key={at}>
                {columns.map(({ name }) => (
                  <td key={name}>
                    <Cell name={name} row={row} />
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {hidden > 0 && (
        <div>
          <Button onClick={() => setMax(max + ROWS_AT_ONCE)}>
            Show {countOf(Math.min(hidden, ROWS_AT_ONCE), 'more row')}
            {hidden > ROWS_AT_ONCE && ` of ${formatCount(hidden)}`}
          </Button>
        </div>
      )}
    </section>
  );
}

interface ColumnTitleProps {
  readonly column: Column;
  readonly sorting: Sorting | null;
  readonly onSort: (column: string) => void;
}

function ColumnTitle({ column: { name, title, help }, sorting, onSort }: ColumnTitleProps) {
  const order = sorting?.column === name ? (sorting.descending ? 'descending' : 'ascending') : 'none';
  const arrows = { none: '↕', ascending: '↑', descending: '↓' };
  return (
    <th scope="col" aria-sort={order}>
      <button type="button" className="results-sort" title={help} onClick={() => onSort(name)}>
        {title}
        <span aria-hidden="true" className={order === 'none' ? 'results-arrow' : 'results-arrow results-sorted'}>
          {arrows[order]}
        </span>
      </button>
    </th>
  );
}

function Cell({ name, row }: { readonly name: string; readonly row: Row }) {
  const value = row[name];
  const atMs = timeOf(value);
  if (atMs !== undefined) return <Time atMs={atMs} />;
  if (typeof value === 'number') return <span className="results-number">{formatCount(value)}</span>;
  if (name === 'status' && typeof value === 'string') return <StatusMark status={value} />;
  const text = textOf(value);
  const shown = <ForeignText text={text} />;
  return text.length > LONG_CHARACTERS ? <div className="results-long">{shown}</div> : shown;
}
