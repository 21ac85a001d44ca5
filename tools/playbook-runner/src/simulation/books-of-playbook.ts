import { PlaybookAudit } from './playbook-books.js';

/** Opens a playbook's books, and closes them where it begins to read or to deliver elsewhere. */
export class AuditOfPlaybook {
  readonly #tenantStartedAtMs: number;
  #open: PlaybookAudit | undefined;
  #hasReadElsewhere = false;

  /** @param tenantStartedAtMs when the simulated tenant was started, in milliseconds since 1970 */
  constructor(tenantStartedAtMs: number) {
    this.#tenantStartedAtMs = tenantStartedAtMs;
  }

  /** Undefined where there is nothing to compare. */
  get open(): PlaybookAudit | undefined {
    return this.#open;
  }

  /**
   * To be called when the playbook is started. Its books go on where it is compared as before.
   *
   * @param isComparable whether it reads the simulated tenant and delivers to an intake of this runner
   */
  started(isComparable: boolean, nowMs: number): PlaybookAudit | undefined {
    if (isComparable) {
      // State that was kept before this tenant was there ends before its mail. State of another source may end now.
      this.#open ??= new PlaybookAudit(this.#hasReadElsewhere ? nowMs : this.#tenantStartedAtMs);
    } else {
      this.#open = undefined;
      this.#hasReadElsewhere = true;
    }
    return this.#open;
  }
}
