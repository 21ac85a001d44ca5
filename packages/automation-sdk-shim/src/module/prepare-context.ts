import type { Registry } from 'prom-client';
import { type Manifest, readCards } from '../configuration/cards.js';
import { askForSecrets, NO_SECRETS, type PlatformSecrets } from '../configuration/module-secrets.js';
import type { Settings } from '../configuration/settings.js';
import type { Values } from '../configuration/values.js';
import type { OwnableStore } from '../data/data-store.js';
import { locateStore } from '../data/locate-store.js';
import { StoreTrouble, WatchedStore } from '../data/watched-store.js';
import { LockHeldError, withCode } from '../errors.js';
import type { Health } from '../health.js';
import type { HttpClient } from '../http/http-client.js';
import type { JsonObject } from '../json.js';
import { keepTrying } from '../retry.js';
import { hideWith } from '../log/log.js';
import { callbackTo, type Platform } from './platform.js';
import type { Basics, CommandRequest, Problems } from './process-context.js';
import {
  type ItemRules,
  logNotices,
  readSettingsOfItem,
  secretNames,
  secretsNeedOf,
  settingsOfItem,
  settingsOfModule,
} from './settings-of-item.js';
import type { TriggerClass, TriggerContext } from './trigger.js';

export interface Preparation {
  readonly request: CommandRequest & { readonly Item: TriggerClass };
  readonly manifest: Manifest;
  readonly values: Values;
  readonly problems: Problems;
  readonly platform: Partial<Platform>;
  readonly http: HttpClient;
  readonly health: Health;
  readonly metrics: Registry;
  readonly basics: Basics;
}

export interface PreparedContext extends TriggerContext {
  readonly data: WatchedStore;
}

/** The rules may judge what the module's configuration has still to give. */
const WITHOUT_RULES: ItemRules = { rules: () => [], settingsFromModule: () => ({}) };

/**
 * Everything a trigger is given: settings checked, secrets fetched, the data folder taken. Undefined where the module
 * was stopped before that.
 * @throws ConfigurationError with all that is wrong, CardError, FolderHeldError
 */
export async function prepareContext(preparation: Preparation): Promise<PreparedContext | undefined> {
  const { request, manifest, values, problems, platform, http, health, metrics, basics } = preparation;
  const { log, redactor, stop } = basics;
  const hide = hideWith(redactor, log);
  const told = (checked: Settings): Settings => {
    logNotices(checked, log);
    return checked;
  };

  const cards = readCards(request.root);
  const raw = problems.attempt(() => readSettingsOfItem(values, cards, request.command, hide));
  const intakeUrl = problems.attempt(() => values.text('intake_url'));
  const data = problems.attempt(() => locateStore({ env: request.env, values, hide, log, signal: stop.signal }));
  const checkItem = (secrets: PlatformSecrets, module: JsonObject, rules: ItemRules = request.Item) =>
    raw &&
    problems.attempt(() => {
      const checked = settingsOfItem(raw, secrets.node, hide, rules, module);
      if (checked.origin !== undefined) log.info(checked.origin);
      return told(checked);
    });
  const checkModule = (secrets: PlatformSecrets) =>
    problems.attempt(() => told(settingsOfModule(values, manifest, secrets.module, hide)));

  const hasSecrets = secretNames(manifest).length > 0;
  const rawModule = hasSecrets ? problems.attempt(() => values.object('module_configuration')) : undefined;
  const need = raw && secretsNeedOf(raw, manifest, rawModule ?? {});
  if (problems.found) {
    // No secret mends that: the rest is checked without them, so that the operator reads of everything at once.
    if (need !== 'masked') checkItem(NO_SECRETS, {}, need === 'required' ? WITHOUT_RULES : request.Item);
    if (!hasSecrets) checkModule(NO_SECRETS);
    problems.throwIfAny();
  }

  const secrets =
    need === undefined ? NO_SECRETS : await askForSecrets({ need, platform, http, log, signal: stop.signal });
  if (secrets === undefined || data === undefined) return undefined;
  const module = checkModule(secrets);
  // What is wrong in one would be reported of the other, too.
  const settings = module && checkItem(secrets, module.values);
  problems.throwIfAny();
  if (settings === undefined || module === undefined) return undefined;

  const watched = new WatchedStore(data, { log, health });
  if (!(await takeStore(watched, preparation))) return undefined;
  return {
    settings: settings.values,
    given: settings.given,
    moduleSettings: module.values,
    stopping: stop.signal,
    log,
    data: watched,
    metrics,
    health,
    redactor,
    http,
    intakeUrl,
    callback: callbackTo(platform, http),
  };
}

/** False where the module was stopped before the store was available. */
async function takeStore(data: OwnableStore, { health, basics }: Preparation): Promise<boolean> {
  const { log, stop, cleanup, crash } = basics;
  const onLost = () => {
    const taken = new LockHeldError(
      `The ${data.name} was taken by another process. This one ends, so that nothing is sent twice. Stop one of the two.`,
    );
    log.error(withCode(taken));
    crash();
  };
  const trouble = new StoreTrouble(log, health);
  const release = await keepTrying(() => data.take({ signal: stop.signal, onLost }), {
    signal: stop.signal,
    onFailure: (error) => trouble.failed(error),
  });
  if (release === undefined) return false;
  cleanup.push(release, { mayHang: true });
  trouble.over();
  return true;
}
