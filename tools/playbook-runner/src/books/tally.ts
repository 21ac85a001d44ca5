const SAMPLES = 5;

/** Counts findings and keeps the first few of them. */
export class Tally<Finding> {
  count = 0;
  readonly samples: Finding[] = [];

  /** @param describe called only where the finding is kept: describing may be dear. */
  add(describe: () => Finding, weight = 1): void {
    this.count += weight;
    if (this.samples.length < SAMPLES) this.samples.push(describe());
  }
}
