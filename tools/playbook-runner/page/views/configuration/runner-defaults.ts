interface RunnerDefault {
  readonly placeholder: string;
  readonly help: string;
}

/** Settings that, left empty, do something else in this runner than the card's default says. */
export const runnerDefaults: Readonly<Record<string, RunnerDefault | undefined>> = {
  intake_server: {
    placeholder: 'The intake of this runner',
    help: 'Left empty: the intake of this runner here, https://intake.sekoia.io on the platform.',
  },
};
