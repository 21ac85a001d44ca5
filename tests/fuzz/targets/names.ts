/** What is fuzzed, with its share of the time compared with that of the others. */
export const SHARES = {
  'reporting-pages': 3,
  'graph-pages': 3,
  'sign-in-application': 1,
  'sign-in-account': 1,
  'sign-in-managed-identity': 1,
  intake: 3,
  platform: 1,
  configuration: 1,
  wire: 2,
  proxy: 1,
  state: 4,
  lock: 1,
} as const;

export type TargetName = keyof typeof SHARES;

export const TARGET_NAMES = Object.keys(SHARES) as TargetName[];

export function isTargetName(name: string): name is TargetName {
  return name in SHARES;
}
