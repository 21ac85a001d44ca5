import { Health } from '../../../packages/automation-sdk-shim/src/health.js';
import { Log } from '../../../packages/automation-sdk-shim/src/log/log.js';
import { openBasics } from '../../../packages/automation-sdk-shim/src/module/process-context.js';
import type { Input } from '../engine/target.js';
import { BASIC, expectNoSecret, SECRETS } from '../oracles/secrets.js';
import { expectShortLines } from '../oracles/texts.js';

/**
 * That of the process, whose other parts are of no use here: it must not be stopped by signals or crashes of its own.
 */
const { redactor, cleanup } = openBasics({});
await cleanup.closeAll();
for (const [name, secret] of Object.entries(SECRETS)) if (name !== 'accountName') redactor.add(secret);
redactor.add(BASIC);

/** The log and the health page of one run, as the module itself joins them with what knows the secrets. */
export class Listening {
  readonly redactor = redactor;
  readonly lines: string[] = [];
  readonly log = new Log({ redactor, threshold: 'debug', write: (_level, text) => void this.lines.push(text) });
  readonly health = new Health({ redactor, secondsWithoutEvents: 0, lastHeartbeatThreshold: 0 });
  /** Secrets that came up in this run. */
  readonly #hidden: string[] = [];

  readonly hide = (secret: string): (() => void) => {
    if (redactor.add(secret)) this.#hidden.push(secret);
    // Until the run is over: what is said later may still hold it.
    return () => undefined;
  };

  /** Says an error as the module would, in its log and on its health page. */
  hear(error: Error): void {
    this.log.warning(error.message);
    this.health.degraded(error.message);
  }

  /** To be called at the end of a run. @throws Finding */
  expectGoodTexts(input: Input, more: readonly string[] = []): void {
    const page = JSON.parse(this.health.liveness().body) as {
      readonly reasons: readonly { readonly reason: string }[];
    };
    for (const secret of this.#hidden) redactor.remove(secret);
    expectShortLines([...this.lines, ...more]);
    expectNoSecret(input, [...this.lines, ...more, ...page.reasons.map(({ reason }) => reason)]);
  }
}
