import { Action, ConfigurationError } from '@sekoia/automation-sdk-shim';
import { CollectorError, type UnavailableError } from '../model/errors.js';
import type { Completeness } from '../search/completeness.js';
import { FilterError } from '../search/filter.js';
import type { GraphSearch } from '../search/graph-search.js';
import { domainsOfAccount, searchByAccount } from '../sekoia/search-by-account.js';
import { signInMeansOf } from '../sekoia/sign-in-means.js';
import { connectedAccountOptions } from '../settings/options.js';
import type { ModuleConfiguration } from '../settings/values.js';

/** Longer lists are written to a file: they would not fit into the texts of a playbook. */
const LONG_LIST = 1_000;

/** A search's end, for a playbook. */
interface CompletenessResult {
  readonly complete: boolean;
  readonly incomplete_reason?: string;
  /** ISO 8601, UTC. */
  readonly searched_from: string;
  readonly searched_until: string;
}

/** An action that asks Microsoft Graph as the connected account. */
export abstract class TraceAction<Arguments extends object> extends Action<
  Arguments,
  object | null,
  ModuleConfiguration
> {
  /** Null where Microsoft Graph gave no answer: the error says why and what to do. */
  override async run(given: Arguments, signal: AbortSignal): Promise<object | null> {
    try {
      return await this.ask(this.#search(), given, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof FilterError) throw new ConfigurationError(error.message);
      if (!(error instanceof CollectorError)) throw error;
      this.fail(`${error.message} [${error.code}]`);
      return null;
    }
  }

  /** @returns the results as the card's schema has them */
  protected abstract ask(search: GraphSearch, given: Arguments, signal: AbortSignal): Promise<object>;

  protected get internalDomains(): readonly string[] {
    return domainsOfAccount(connectedAccountOptions(this.configuration));
  }

  protected fail(sentence: string): void {
    this.log.error(sentence);
    this.error(sentence);
  }

  /** Switches one of the branches on, and the others off. */
  protected branch(names: readonly string[], chosen: string | undefined): void {
    for (const name of names) this.setOutput(name, name === chosen);
  }

  /** `{name: list}`, or `{name_path: file}` where the list is long. */
  protected async listResult(name: string, list: readonly object[]): Promise<object> {
    return list.length > LONG_LIST ? this.jsonResult(name, list) : { [name]: list };
  }

  /** Where not everything was searched, the log says so, too. */
  protected completenessResult({ complete, reason, searchedFrom, searchedUntil }: Completeness): CompletenessResult {
    if (!complete) this.log.warning(`The search is incomplete. ${reason ?? ''}`.trim());
    return {
      complete,
      ...(reason !== undefined && { incomplete_reason: reason }),
      searched_from: new Date(searchedFrom).toISOString(),
      searched_until: new Date(searchedUntil).toISOString(),
    };
  }

  protected readonly onRetry = (error: UnavailableError): void => {
    this.log.warning(`${error.message} Trying again. [${error.code}]`);
  };

  #search(): GraphSearch {
    const means = signInMeansOf({
      http: this.http,
      hide: (secret) => this.hide(secret),
      warn: (sentence) => this.log.warning(sentence),
    });
    return searchByAccount(connectedAccountOptions(this.configuration), means);
  }
}
