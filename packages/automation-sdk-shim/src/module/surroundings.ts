import { readManifest, type Manifest } from '../configuration/cards.js';
import { checkProxies } from '../configuration/proxies.js';
import { Values } from '../configuration/values.js';
import { HttpClient } from '../http/http-client.js';
import { trustProblems } from '../http/trust-store.js';
import { hideWith } from '../log/hide.js';
import type { Basics, CommandRequest } from './basics.js';
import { readPlatform, type Platform } from './platform.js';
import { Problems } from './problems.js';
import { startReporting, type ItemType } from './reporting.js';

/** What whatever the module runs finds around it. */
export interface Surroundings {
  readonly manifest: Manifest;
  readonly values: Values;
  /** What is wrong with the values so far. */
  readonly problems: Problems;
  readonly platform: Partial<Platform>;
  readonly http: HttpClient;
}

/** @throws CardError */
export async function openSurroundings(
  { command, root, env }: CommandRequest,
  itemType: ItemType,
  basics: Basics,
): Promise<Surroundings> {
  const { log, redactor, cleanup } = basics;
  const manifest = readManifest(root);
  const http = new HttpClient({ userAgent: `sekoiaio-module/${manifest.slug}-${manifest.version}` });
  cleanup.push(() => http.close());

  const values = new Values(env);
  const problems = new Problems();
  // The environment of the process and not `env`: it is the one that the agents look at.
  problems.attempt(() => checkProxies(process.env, hideWith(redactor, log)));
  const platform = problems.attempt(() => readPlatform(values)) ?? {};
  const untrusted = trustProblems(process.env);
  await startReporting({ command, itemType, manifest, values, problems }, platform, http, basics);
  for (const sentence of untrusted) log.warning(sentence);
  return { manifest, values, problems, platform, http };
}
