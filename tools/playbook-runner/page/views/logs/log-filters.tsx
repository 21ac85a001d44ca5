import { LOG_LEVELS, type LogLevel } from '../../../src/wire/playbook.js';
import { SearchField, SelectField } from '../../parts/filter-fields.js';
import type { LogFilter } from './log-text.js';

interface LogFiltersProps {
  readonly filter: LogFilter;
  readonly onChange: (filter: LogFilter) => void;
}

const WORDS: Record<LogLevel, string> = {
  debug: 'All levels',
  info: 'Info and graver',
  warning: 'Warning and graver',
  error: 'Error and graver',
  critical: 'Critical alone',
};

export function LogFilters({ filter, onChange }: LogFiltersProps) {
  return (
    <>
      <SearchField
        label="Search"
        placeholder="Text in the message"
        value={filter.text}
        onChange={(text) => onChange({ ...filter, text })}
      />
      <SelectField
        label="Level"
        value={filter.atLeast}
        onChange={(value) => onChange({ ...filter, atLeast: LOG_LEVELS.find((level) => level === value) ?? 'debug' })}
      >
        {LOG_LEVELS.map((level) => (
          <option key={level} value={level}>
            {WORDS[level]}
          </option>
        ))}
      </SelectField>
    </>
  );
}
