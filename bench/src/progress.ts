/** Says on standard error how far a measurement has come, and what the last step found. */
export type Report = (what: string, done: number, of: number, found?: string) => void;

export const report: Report = (what, done, of, found) => {
  const step = done > 0 ? ` ${done}/${of}` : '';
  process.stderr.write(
    `${new Date().toISOString().slice(11, 19)} ${what}${step}${found === undefined ? '' : `: ${found}`}\n`,
  );
};
