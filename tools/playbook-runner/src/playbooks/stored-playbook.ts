/** A playbook as it lies on disk, without what is secret. */
export interface StoredPlaybook {
  readonly name: string;
  /** Its trigger's `docker_parameters`. */
  readonly trigger: string;
  /** What was filled in, and nothing else. */
  readonly settings: Readonly<Record<string, unknown>>;
  readonly usesSimulatedTenant: boolean;
  /** When it was added, in milliseconds since 1970: playbooks are shown in that order. */
  readonly addedAtMs: number;
}

/** By the settings' names. */
export type Secrets = Readonly<Record<string, string>>;

/** @throws TypeError where `content` is no playbook. */
export function asStoredPlaybook(content: unknown): StoredPlaybook {
  const { name, trigger, settings, usesSimulatedTenant, addedAtMs } = asObject(content);
  if (typeof name !== 'string' || typeof trigger !== 'string' || typeof usesSimulatedTenant !== 'boolean') {
    throw new TypeError('it has not the name, trigger and usesSimulatedTenant of a playbook');
  }
  if (typeof addedAtMs !== 'number') throw new TypeError('addedAtMs is no number');
  return { name, trigger, settings: asObject(settings), usesSimulatedTenant, addedAtMs };
}

/** @throws TypeError where `content` is not names with texts. */
export function asSecrets(content: unknown): Secrets {
  const secrets = asObject(content);
  if (Object.values(secrets).some((secret) => typeof secret !== 'string')) throw new TypeError('a secret is no text');
  return secrets as Secrets;
}

function asObject(content: unknown): Record<string, unknown> {
  if (typeof content === 'object' && content !== null && !Array.isArray(content)) {
    return content as Record<string, unknown>;
  }
  throw new TypeError('it is no JSON object');
}
