import { checkProxies, HttpClient, SECRETS, trustProblems } from '@sekoia/automation-sdk-shim';
import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import type { EventOptions } from '../message-trace/event.js';
import { SettingsError } from '../model/errors.js';
import type { GraphSearch } from '../search/graph-search.js';
import { accessByAccount } from '../sekoia/access-by-account.js';
import { accessByApplication } from '../sekoia/access-by-application.js';
import { type Access, tenantOf } from '../sekoia/access.js';
import { searchFor } from '../sekoia/search-by-account.js';
import { type ShortMeans, signInMeansOf } from '../sekoia/sign-in-means.js';
import { accountOptions, applicationOptions, type TraceOptions, traceOptions } from '../settings/options.js';
import type { MessageTraceConfiguration, MessageTraceGraphConfiguration } from '../settings/values.js';
import type { CommandSettings } from './settings.js';
import type { Terminal } from './terminal.js';

export interface Connection {
  readonly http: HttpClient;
  readonly means: ShortMeans;
  close(): void;
}

/**
 * The way to the network, through the proxies and with the authorities of the environment.
 * @throws ConfigurationError where the environment names a proxy that is none
 */
export function openConnection(terminal: Terminal): Connection {
  checkProxies(process.env, (_name, secret) => SECRETS.add(secret));
  for (const sentence of trustProblems(process.env)) terminal.say(sentence);
  const userAgent = `message-trace/${terminal.version}`;
  const http = new HttpClient({ userAgent });
  const directHttp = new HttpClient({ userAgent, agents: { http: new HttpAgent(), https: new HttpsAgent() } });
  const means = signInMeansOf({
    http,
    directHttp,
    hide: (secret) => SECRETS.hide(secret),
    warn: (sentence) => terminal.say(sentence),
  });
  return {
    http,
    means,
    close: () => {
      http.close();
      directHttp.close();
    },
  };
}

/** Who signs in, and to which API. @throws ConfigurationError */
export function accessFor({ kind, values }: CommandSettings): Access {
  return kind === 'account'
    ? accessByAccount(accountOptions(values as MessageTraceConfiguration))
    : accessByApplication(applicationOptions(values as MessageTraceGraphConfiguration));
}

/** How the trigger with these settings would write events. @throws ConfigurationError */
export function eventOptionsFor(settings: CommandSettings): TraceOptions['events'] & EventOptions {
  const options = optionsFor(settings);
  return { ...options.events, tenant: tenantOf(accessFor(settings), options) };
}

/** What both triggers have besides. */
export function optionsFor({ values }: CommandSettings): TraceOptions {
  return traceOptions(values);
}

export interface SearchLimits {
  readonly requestsInFiveMinutes?: number | undefined;
}

/** @throws ConfigurationError, SettingsError where the settings lead to the Reporting Web Service */
export function openSearch(
  settings: CommandSettings,
  { means }: Connection,
  { requestsInFiveMinutes }: SearchLimits,
  terminal: Terminal,
): GraphSearch {
  const access = accessFor(settings);
  if (access.api !== 'graph') {
    throw new SettingsError('The Reporting Web Service, which the settings lead to, cannot be searched.', {
      remedy:
        settings.kind === 'account'
          ? 'Give client_id, with which the account signs in to Microsoft Graph.'
          : 'Leave api and api_url out, or give those of Microsoft Graph.',
    });
  }
  return searchFor({
    access,
    addresses: optionsFor(settings).addresses,
    means,
    requestsInFiveMinutes,
    onWait: (spacingMs) =>
      terminal.say(`To leave the collector its share of the quota, requests wait ${Math.round(spacingMs / 1000)} s.`),
  });
}
