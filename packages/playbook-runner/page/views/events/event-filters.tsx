import { useId } from 'react';
import { formatCount } from '../../format/numbers.js';
import type { EventFilter } from './event-filter.js';
import { shownText } from './shown-text.js';

interface EventFiltersProps {
  readonly filter: EventFilter;
  readonly statuses: readonly (readonly [status: string, count: number])[];
  readonly onChange: (filter: EventFilter) => void;
}

export function EventFilters({ filter, statuses, onChange }: EventFiltersProps) {
  const id = useId();
  // What was chosen stays in the list when no event of that status is kept any more.
  const offered =
    filter.status === null || statuses.some(([status]) => status === filter.status)
      ? statuses
      : [...statuses, [filter.status, 0] as const];
  return (
    <>
      <div className="filter filter-wide">
        <label htmlFor={`${id}-text`}>Filter</label>
        <input
          id={`${id}-text`}
          type="search"
          className="input"
          placeholder="Words in any column"
          autoComplete="off"
          spellCheck={false}
          value={filter.text}
          onChange={(event) => onChange({ ...filter, text: event.target.value })}
        />
      </div>
      <div className="filter">
        <label htmlFor={`${id}-status`}>Status</label>
        <select
          id={`${id}-status`}
          className="input"
          value={filter.status === null ? '' : `=${filter.status}`}
          onChange={({ target }) => onChange({ ...filter, status: target.value === '' ? null : target.value.slice(1) })}
        >
          <option value="">Any status</option>
          {offered.map(([status, count]) => (
            <option key={status} value={`=${status}`}>
              {shownText(status) || '(none)'} ({formatCount(count)})
            </option>
          ))}
        </select>
      </div>
    </>
  );
}
