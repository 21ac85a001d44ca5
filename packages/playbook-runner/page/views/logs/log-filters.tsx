import { useId } from 'react';
import type { LogLevel } from '../../../src/wire/live.js';
import { LOG_LEVELS, type LogFilter } from './log-filter.js';

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
  const id = useId();
  return (
    <>
      <div className="filter filter-wide">
        <label htmlFor={`${id}-text`}>Search</label>
        <input
          id={`${id}-text`}
          type="search"
          className="input"
          placeholder="Text in the message"
          autoComplete="off"
          spellCheck={false}
          value={filter.text}
          onChange={(event) => onChange({ ...filter, text: event.target.value })}
        />
      </div>
      <div className="filter">
        <label htmlFor={`${id}-level`}>Level</label>
        <select
          id={`${id}-level`}
          className="input"
          value={filter.atLeast}
          onChange={({ target }) =>
            onChange({ ...filter, atLeast: LOG_LEVELS.find((level) => level === target.value) ?? 'debug' })
          }
        >
          {LOG_LEVELS.map((level) => (
            <option key={level} value={level}>
              {WORDS[level]}
            </option>
          ))}
        </select>
      </div>
    </>
  );
}
