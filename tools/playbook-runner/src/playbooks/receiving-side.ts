import { randomInt, randomUUID } from 'node:crypto';
import {
  type Intake,
  type IntakeFault,
  type LogEntry,
  type Platform,
  playbookRunIn,
  startIntake,
  startPlatform,
} from '@local/testbed';
import type { IntakeControls } from '../wire/live.js';

/**
 * Faults after which a patient module has lost nothing and repeated nothing. Left out: those that tell it that its
 * settings or events are wrong, those after which repeats cannot be avoided, and the hang, which only
 * takes long.
 */
const PASSING_FAULTS: readonly IntakeFault[] = [
  '500',
  '502',
  '503',
  '503-retry-after-seconds',
  '503-retry-after-date',
  '429',
  '408',
  '425',
  'reset-before-reading',
  'reset-after-reading',
  'html',
  'cut-off-json',
  'slow',
];

export interface ReceivingSideOptions {
  /** What the platform hands out of the module's configuration. */
  readonly moduleSecrets: Readonly<Record<string, string>>;
  readonly intakeKey: string;
  /** False where the settings name an intake: then there is none here. */
  readonly ownIntake: boolean;
  readonly controls: IntakeControls;
  readonly onLog: (entry: LogEntry) => void;
  readonly onEvents: (events: readonly string[]) => void;
  /** Called with the name of each playbook run that the trigger asks for. */
  readonly onPlaybookRun: (name: string) => void;
}

/** Sekoia's side towards one trigger: where it reports to and, unless its settings name another intake, delivers to. */
export class ReceivingSide {
  /** What the trigger must show to the platform; made up. */
  readonly token: string;
  readonly #platform: Platform;
  readonly #intake: Intake | undefined;

  private constructor(token: string, platform: Platform, intake: Intake | undefined) {
    this.token = token;
    this.#platform = platform;
    this.#intake = intake;
  }

  static async start({
    moduleSecrets,
    intakeKey,
    ownIntake,
    controls,
    onLog,
    onEvents,
    onPlaybookRun,
  }: ReceivingSideOptions): Promise<ReceivingSide> {
    const token = randomUUID();
    // Everything that is to be remembered is remembered by the callers.
    const platform = await startPlatform({
      token,
      secrets: moduleSecrets,
      onLog,
      keep: 0,
      onRequest: (request) => {
        const name = playbookRunIn(request);
        if (name !== undefined) onPlaybookRun(name);
      },
    });
    const intake = ownIntake ? await startIntake({ intakeKey, onEvents, keep: 0 }) : undefined;
    const side = new ReceivingSide(token, platform, intake);
    side.control(controls);
    return side;
  }

  get callbackUrl(): string {
    return this.#platform.callbackUrl;
  }

  /** Undefined where there is no intake here. */
  get intakeUrl(): string | undefined {
    return this.#intake?.url;
  }

  control({ faultShare, outage }: IntakeControls): void {
    if (this.#intake === undefined) return;
    const { faults } = this.#intake;
    faults.failAtRandom({ share: faultShare, kinds: PASSING_FAULTS, seed: randomInt(2 ** 31) });
    if (outage) faults.startOutage('503');
    else faults.endOutage();
  }

  async close(): Promise<void> {
    await Promise.all([this.#intake?.close(), this.#platform.close()]);
  }
}
