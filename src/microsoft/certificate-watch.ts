import { SettingsError } from '../errors.js';

export interface CertificateWatchOptions {
  /** When the certificate ends, in milliseconds since 1970. */
  readonly endsMs: number;
  /** Milliseconds since 1970. */
  readonly nowMs: () => number;
  readonly warn: (sentence: string) => void;
}

const DAY_MS = 86_400_000;
const WARNING_DAYS = 30;
const REMEDY =
  'Upload a new one under Certificates & secrets of the application, and put it with its key into client_certificate.';

/** Says in good time that the application's certificate ends, once a day at most. */
export class CertificateWatch {
  readonly #options: CertificateWatchOptions;
  #warnedMs = -Infinity;

  constructor(options: CertificateWatchOptions) {
    this.#options = options;
  }

  /**
   * To be asked before each sign-in. @throws SettingsError where the certificate has ended: Entra ID would refuse it
   */
  check(): void {
    const { endsMs, nowMs, warn } = this.#options;
    const leftMs = endsMs - nowMs();
    const end = new Date(endsMs).toISOString().slice(0, 10);
    if (leftMs <= 0) throw new SettingsError(`The certificate in client_certificate ended on ${end}. ${REMEDY}`);
    if (leftMs > WARNING_DAYS * DAY_MS || nowMs() - this.#warnedMs < DAY_MS) return;
    this.#warnedMs = nowMs();
    const days = Math.ceil(leftMs / DAY_MS);
    const left = days === 1 ? '1 day' : `${days} days`;
    warn(
      `The certificate in client_certificate ends on ${end}, in ${left}. Collecting stops then; no data is lost if it is replaced soon after. ${REMEDY} [MT-EXPIRY]`,
    );
  }
}
