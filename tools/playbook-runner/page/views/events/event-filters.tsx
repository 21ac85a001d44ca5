import { formatCount } from '../../format/format.js';
import { SearchField, SelectField } from '../../parts/filter-fields.js';
import type { EventFilter } from './event-filter.js';
import { shownText } from './shown-text.js';

interface EventFiltersProps {
  readonly filter: EventFilter;
  readonly statuses: readonly (readonly [status: string, count: number])[];
  readonly onChange: (filter: EventFilter) => void;
}

export function EventFilters({ filter, statuses, onChange }: EventFiltersProps) {
  // What was chosen stays in the list when no event of that status is kept any more.
  const offered =
    filter.status === null || statuses.some(([status]) => status === filter.status)
      ? statuses
      : [...statuses, [filter.status, 0] as const];
  return (
    <>
      <SearchField
        label="Filter"
        placeholder="Words in any column"
        value={filter.text}
        onChange={(text) => onChange({ ...filter, text })}
      />
      <SelectField
        label="Status"
        value={filter.status === null ? '' : `=${filter.status}`}
        onChange={(value) => onChange({ ...filter, status: value === '' ? null : value.slice(1) })}
      >
        <option value="">Any status</option>
        {offered.map(([status, count]) => (
          <option key={status} value={`=${status}`}>
            {shownText(status) || '(none)'} ({formatCount(count)})
          </option>
        ))}
      </SelectField>
    </>
  );
}
