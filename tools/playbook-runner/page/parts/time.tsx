import { formatLocalTime, formatUtc, type TimePrecision } from '../format/format.js';
import './time.css';

interface TimeProps {
  /** Milliseconds since 1970. */
  readonly atMs: number;
  readonly precision?: TimePrecision;
  /** Can be reached with the Tab key, to see UTC without a mouse: where there are few of them, not in long tables. */
  readonly focusable?: boolean;
}

/** In the browser's zone; in UTC under the pointer and on focus. */
export function Time({ atMs, precision = 'day-and-second', focusable = false }: TimeProps) {
  const utc = formatUtc(atMs);
  return (
    <time
      className="time"
      dateTime={new Date(atMs).toISOString()}
      title={utc}
      data-utc={utc}
      tabIndex={focusable ? 0 : undefined}
    >
      {formatLocalTime(atMs, precision)}
    </time>
  );
}
