import { Health } from '../../../packages/automation-sdk-shim/src/health.js';
import { Log } from '../../../packages/automation-sdk-shim/src/log/log.js';
import { Scrubber } from '../../../packages/automation-sdk-shim/src/log/scrubber.js';
import type { Input } from '../engine/target.js';
import { BASIC, expectNoSecret, SECRETS } from '../oracles/secrets.js';
import { expectShortLines } from '../oracles/texts.js';

/** The log and the health page of one run, with the secrets that the module knows by then, as the module itself joins them. */
export class Listening {
  readonly scrubber = new Scrubber();
  readonly lines: string[] = [];
  readonly log = new Log({
    scrubber: this.scrubber,
    threshold: 'debug',
    write: (_level, text) => void this.lines.push(text),
  });
  readonly health = new Health({ scrubber: this.scrubber, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0 });

  constructor() {
    for (const [name, secret] of Object.entries(SECRETS)) if (name !== 'accountName') this.scrubber.add(secret);
    this.scrubber.add(BASIC);
  }

  readonly hide = (secret: string): (() => void) => {
    if (!this.scrubber.add(secret)) return () => undefined;
    return () => this.scrubber.remove(secret);
  };

  /** Says an error as the module would, in its log and on its health page. */
  hear(error: Error): void {
    this.log.warning(error.message);
    this.health.degraded(error.message);
  }

  /** @throws Finding */
  expectGoodTexts(input: Input, more: readonly string[] = []): void {
    expectShortLines([...this.lines, ...more]);
    const page = JSON.parse(this.health.liveness().body) as {
      readonly reasons: readonly { readonly reason: string }[];
    };
    expectNoSecret(input, [...this.lines, ...more, ...page.reasons.map(({ reason }) => reason)]);
  }
}
