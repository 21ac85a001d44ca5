/** The platform's levels, lowest first. A `critical` entry shows the playbook as crashed. */
const LEVELS = ['debug', 'info', 'warning', 'error', 'critical'] as const;

export type Level = (typeof LEVELS)[number];

export function isLevel(text: string): text is Level {
  return (LEVELS as readonly string[]).includes(text);
}

export function isAtLeast(level: Level, threshold: Level): boolean {
  return LEVELS.indexOf(level) >= LEVELS.indexOf(threshold);
}
