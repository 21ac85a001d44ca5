import type { CollectorLog } from '../../src/model/ports.js';

export interface LogLine {
  readonly level: keyof CollectorLog;
  readonly message: string;
}

export class RecordingLog implements CollectorLog {
  readonly lines: LogLine[] = [];

  info(message: string): void {
    this.lines.push({ level: 'info', message });
  }

  warning(message: string): void {
    this.lines.push({ level: 'warning', message });
  }

  error(message: string): void {
    this.lines.push({ level: 'error', message });
  }

  critical(message: string): void {
    this.lines.push({ level: 'critical', message });
  }

  at(level: LogLine['level']): string[] {
    return this.lines.filter((line) => line.level === level).map(({ message }) => message);
  }
}
