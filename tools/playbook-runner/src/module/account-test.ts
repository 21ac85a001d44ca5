import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { HttpError } from '@local/testbed';
import type { AccountTest, AccountTestResult } from '../wire/module.js';
import type { ConnectedAccount } from './connected-account.js';
import { ModuleCommand, type Report } from './module-command.js';

const COMMAND = 'validate_module_configuration';
/** Longer than the module tries again where a service does not answer. */
const ENDS_WITHIN_MS = 120_000;
const TOO_LONG = 'The test took longer than two minutes and was stopped. Check the addresses, then test again.';

export interface AccountTestsOptions {
  readonly account: ConnectedAccount;
  /** The module's compiled entry. */
  readonly modulePath: string;
  /** A folder of its own. */
  readonly folder: string;
}

/** One test, of the account as it was when it began. */
interface Test {
  readonly version: number;
  readonly command: ModuleCommand;
  result: AccountTestResult | null;
}

/** Has the module check the connected account, as the platform does when it is saved. */
export class AccountTests {
  readonly #options: AccountTestsOptions;
  #last: Test | undefined;
  #opening: Promise<Test> | undefined;

  constructor(options: AccountTestsOptions) {
    this.#options = options;
  }

  /** Null where the account was not tested since it was changed. */
  picture(): AccountTest | null {
    if (this.#last === undefined || this.#last.version !== this.#options.account.version) return null;
    const { command, result } = this.#last;
    return { startedAtMs: command.startedAtMs, result, logs: command.logs };
  }

  /** @throws {HttpError} 409 while one goes on, or there is nothing to test. */
  async start(): Promise<void> {
    const { account } = this.#options;
    if (this.#opening || this.picture()?.result === null)
      throw new HttpError(409, 'The account is being tested already: wait for the result.');
    if (Object.keys(account.whole.settings).length + Object.keys(account.whole.secrets).length === 0)
      throw new HttpError(409, 'The account is empty: fill it in and save it first.');
    // One of an account that has been changed since tells nothing any more.
    await this.close();
    this.#opening = this.#open();
    try {
      this.#last = await this.#opening;
    } finally {
      this.#opening = undefined;
    }
  }

  /** Stops a test that goes on. */
  async close(): Promise<void> {
    const test = (await this.#opening?.catch(() => undefined)) ?? this.#last;
    if (test?.result === null) await test.command.stop();
  }

  async #open(): Promise<Test> {
    const { account, modulePath, folder } = this.#options;
    const dataFolder = join(folder, 'account-test');
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
    const command = await ModuleCommand.start({
      modulePath,
      command: COMMAND,
      account: account.whole,
      secrets: () => account.everySecret,
      dataFolder,
    });
    const test: Test = { version: account.version, command, result: null };
    let isTooLong = false;
    const timer = setTimeout(() => {
      isTooLong = true;
      void command.stop();
    }, ENDS_WITHIN_MS);
    void command.ended.then(async (report) => {
      clearTimeout(timer);
      // Who sees the result finds nothing left of the test.
      await rm(dataFolder, { recursive: true, force: true });
      const { success, error } = resultOf(report);
      test.result = {
        success,
        error: isTooLong ? TOO_LONG : command.hide(error),
        tookMs: command.tookMs ?? 0,
      };
    });
    return test;
  }
}

function resultOf({ results, error }: Report): Pick<AccountTestResult, 'success' | 'error'> {
  const success = (results as { success?: unknown } | null | undefined)?.success === true;
  if (success) return { success, error: null };
  return { success, error: error ?? 'The module gives no reason. Look at the log below.' };
}
