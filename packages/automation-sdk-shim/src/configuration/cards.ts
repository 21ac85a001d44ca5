import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { CardError } from '../errors.js';
import { isObject, parseObject, type JsonObject } from '../json.js';

/** A setting as its card describes it: a draft-07 schema. */
export type Schema = JsonObject;

/** What the module reads of manifest.json. */
export interface Manifest {
  /** The slug where there is none. */
  readonly name: string;
  readonly slug: string;
  readonly version: string;
  readonly configuration: Schema;
}

/** What the module reads of the card of a trigger, a connector or an action. */
export interface Card {
  readonly dockerParameters: string;
  readonly arguments: Schema;
}

export interface Cards {
  readonly triggers: readonly Card[];
  readonly connectors: readonly Card[];
  readonly actions: readonly Card[];
}

/** @throws CardError */
export function readManifest(root: URL): Manifest {
  const manifest = readCardFile(root, 'manifest.json');
  const slug = textMember(manifest, 'slug', 'manifest.json');
  return {
    name: typeof manifest['name'] === 'string' ? manifest['name'] : slug,
    slug,
    version: textMember(manifest, 'version', 'manifest.json'),
    configuration: isObject(manifest['configuration']) ? manifest['configuration'] : {},
  };
}

/**
 * The cards trigger_*.json, connector_*.json and action_*.json in the module's folder.
 * @throws CardError
 */
export function readCards(root: URL): Cards {
  const names = listFolder(root).sort();
  const cards = (kind: string) =>
    names.filter((name) => name.startsWith(kind) && name.endsWith('.json')).map((name) => readCard(root, name));
  return { triggers: cards('trigger_'), connectors: cards('connector_'), actions: cards('action_') };
}

function readCard(root: URL, name: string): Card {
  const card = readCardFile(root, name);
  if (!isObject(card['arguments'])) throw new CardError(`${name} has no "arguments" schema. Correct the card.`);
  return { dockerParameters: textMember(card, 'docker_parameters', name), arguments: card['arguments'] };
}

function textMember(card: JsonObject, member: string, name: string): string {
  const value = card[member];
  if (typeof value !== 'string') throw new CardError(`${name} has no "${member}". Correct it.`);
  return value;
}

function readCardFile(root: URL, name: string): JsonObject {
  const path = join(fileURLToPath(root), name);
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new CardError(`${path} cannot be read (${codeOf(error)}). Put it there, or correct the module's root.`);
  }
  const card = parseObject(text);
  if (card === undefined) throw new CardError(`${path} is not a JSON object. Correct it.`);
  return card;
}

function listFolder(root: URL): string[] {
  try {
    return readdirSync(fileURLToPath(root));
  } catch (error) {
    throw new CardError(
      `The folder ${fileURLToPath(root)} cannot be read (${codeOf(error)}). Correct the module's root.`,
    );
  }
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? 'unknown error';
}
