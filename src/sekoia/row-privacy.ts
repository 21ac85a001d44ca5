/** The privacy of rows: its settings, and what is said of them. */
import { ConfigurationError, type SettingsRules } from '@sekoia/automation-sdk-shim';
import { CollectorError } from '../model/errors.js';
import type { ReadOptions, Source, TimeRange } from '../model/ports.js';
import { Privacy } from '../message-trace/privacy.js';
import { type PrivacyOptions, privacyOptions, type Unchecked } from '../settings/options.js';

/** Who has events can try out keys against an address that is known. */
const MIN_KEY_CHARACTERS = 32;
const KEY = '"privacy_key" (Privacy key)';
const HOW = 'Make one with "openssl rand -hex 32".';

export const rulesForPrivacy: SettingsRules = (settings) => problemsWith(privacyOptions(settings));

function problemsWith({ subject, addresses, key }: Unchecked<PrivacyOptions>): string[] {
  const hashed = [
    ...(subject === 'hash' ? ['"subject_privacy" (Subjects)'] : []),
    ...(addresses === 'hash' ? ['"address_privacy" (Addresses)'] : []),
  ];
  if (hashed.length === 0) return [];
  if (key === undefined || key === '') return [`${KEY} is missing: ${hashed.join(' and ')} need it to hash. ${HOW}`];
  if (typeof key === 'string' && key.length < MIN_KEY_CHARACTERS)
    return [
      `${KEY} is too short to keep hashes secret: it must have at least ${MIN_KEY_CHARACTERS} characters. ${HOW}`,
    ];
  return [];
}

/**
 * The privacy that the settings ask for; undefined where they ask for none.
 * @throws ConfigurationError where `rulesForPrivacy` are broken
 */
export function privacyFor(options: PrivacyOptions): Privacy | undefined {
  const problems = problemsWith(options);
  if (problems.length > 0) throw new ConfigurationError(problems.join(' '));
  const privacy = new Privacy(options);
  return privacy.hidesSubjects || privacy.hidesAddresses ? privacy : undefined;
}

/** What the log says at the start. */
export function sentenceOnPrivacy({ subject, addresses }: PrivacyOptions): string {
  const sentences = [
    ...(subject === 'drop' ? ['Subjects are dropped.'] : []),
    ...(subject === 'hash' ? ['Subjects are hashed.'] : []),
    ...(addresses === 'hash' ? ['Addresses are hashed but for their domains.'] : []),
  ];
  return `${sentences.join(' ')} So they leave in events, and so they stand in rejected rows.`;
}

/** The source, with errors that quote no address: they reach logs and health. */
export function withPrivateErrors(source: Source, privacy: Privacy | undefined): Source {
  if (privacy === undefined) return source;
  const told = <Thrown>(thrown: Thrown): Thrown => {
    if (!(thrown instanceof Error)) return thrown;
    const { message, stack } = thrown;
    thrown.message = privacy.sentence(message);
    if (stack !== undefined) thrown.stack = stack.replace(message, () => thrown.message);
    return thrown instanceof CollectorError
      ? Object.assign(thrown, { sentence: privacy.sentence(thrown.sentence) })
      : thrown;
  };
  return {
    name: source.name,
    limits: source.limits,
    ...(source.searchElsewhere !== undefined && { searchElsewhere: source.searchElsewhere }),
    async *pages(range: TimeRange, signal: AbortSignal, options: ReadOptions = {}) {
      const { onRetry } = options;
      const retrying = onRetry && { onRetry: (error: Parameters<typeof onRetry>[0]) => onRetry(told(error)) };
      try {
        yield* source.pages(range, signal, { ...options, ...retrying });
      } catch (thrown) {
        throw told(thrown);
      }
    },
  };
}
