import { HttpError } from '@local/testbed';
import { InvalidSettingsError } from '../playbooks/invalid-settings.js';
import type { PlaybookChange, Problem } from '../wire/playbook.js';

type Fields = Readonly<Record<string, unknown>>;

/** @throws {HttpError} 400 where the text is no JSON object. */
export function parseFields(body: string): Fields {
  try {
    return asFields(JSON.parse(body === '' ? '{}' : body), 'The body');
  } catch (error) {
    if (error instanceof HttpError) throw error;
    throw new HttpError(400, 'The body is no JSON: send an object.');
  }
}

/** @throws {HttpError} 400 where it is of another shape. */
export function readAddition(body: Fields): { readonly trigger: string; readonly name?: string } {
  const { trigger, name } = body;
  if (typeof trigger !== 'string') throw new HttpError(400, 'trigger is no text: name a trigger of the library.');
  if (name === undefined) return { trigger };
  if (typeof name !== 'string') throw new HttpError(400, 'name is no text: send text, or leave it out.');
  return { trigger, name };
}

/** @throws {HttpError} 400 where it is of another shape. What the settings are is checked by the card. */
export function readPlaybookChange(body: Fields): PlaybookChange {
  const { name } = body;
  if (typeof name !== 'string') throw new HttpError(400, 'name is no text: send the name of the playbook.');
  const settings = asFields(body['settings'], 'settings');
  const secrets = asFields(body['secrets'], 'secrets');
  if (Object.values(secrets).some((secret) => secret !== null && typeof secret !== 'string')) {
    throw new HttpError(400, 'A secret is no text: send text to replace it, null to forget it.');
  }
  return { name, settings, secrets: secrets as PlaybookChange['secrets'] };
}

/** What each control may be. */
export type ControlShapes<Controls> = Readonly<Record<keyof Controls, 'truth' | { readonly max: number }>>;

/**
 * Some of the controls.
 *
 * @throws {HttpError} 422 naming each field that is unknown or out of bounds.
 */
export function readControls<Controls>(body: Fields, shapes: ControlShapes<Controls>): Partial<Controls> {
  const problems = Object.entries(body).flatMap(([name, value]): Problem[] => {
    const shape = Object.hasOwn(shapes, name) ? shapes[name as keyof Controls] : undefined;
    const message = describeProblem(value, shape);
    return message === undefined ? [] : [{ setting: name, message }];
  });
  if (problems.length > 0) throw new InvalidSettingsError('Some of it is out of bounds: correct it.', problems);
  return body as Partial<Controls>;
}

function describeProblem(value: unknown, shape: 'truth' | { readonly max: number } | undefined): string | undefined {
  if (shape === undefined) return 'There is no such control: leave it out.';
  if (shape === 'truth') return typeof value === 'boolean' ? undefined : 'Send true or false.';
  const isWithin = typeof value === 'number' && value >= 0 && value <= shape.max;
  return isWithin ? undefined : `Send a number from 0 to ${shape.max}.`;
}

function asFields(value: unknown, what: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw new HttpError(400, `${what} is no JSON object: send one.`);
}
