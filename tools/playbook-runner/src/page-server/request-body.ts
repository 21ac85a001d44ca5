import type { HttpBindings } from '@hono/node-server';
import { HttpError, readBody } from '@local/testbed';
import type { Context } from 'hono';
import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { InvalidSettingsError } from '../playbooks/stored-playbook.js';
import type { Problem } from '../wire/playbook.js';

export interface Env {
  Bindings: HttpBindings;
}

export const noObject = (what: string) => `${what} is no JSON object: send one.`;

export const fields = (what: string) => z.record(z.string(), z.unknown(), noObject(what));

/** What the settings are is checked by the card. */
export const SETTINGS_CHANGE = z.object(
  {
    settings: fields('settings'),
    secrets: z.record(
      z.string(),
      z.string('A secret is no text: send text to replace it, null to forget it.').nullable(),
      noObject('secrets'),
    ),
  },
  noObject('The body'),
);

const MAX_BODY_BYTES = 256 * 1024;

/** @throws {HttpError} 400 where the body is of another shape. */
export async function bodyOf<Shape>({ env }: Context<Env>, shape: z.ZodType<Shape>): Promise<Shape> {
  const { data, error } = shape.safeParse(await jsonOf(env.incoming));
  if (error) throw new HttpError(400, error.issues[0]?.message ?? '');
  return data;
}

/** @throws {InvalidSettingsError} 422 naming each field that is unknown or out of bounds; 400 like `bodyOf`. */
export async function controlsOf<Shape>({ env }: Context<Env>, shape: z.ZodType<Shape>): Promise<Shape> {
  const { data, error } = shape.safeParse(await jsonOf(env.incoming));
  if (!error) return data;
  const problems = error.issues.flatMap((issue): Problem[] => {
    if (issue.code === 'unrecognized_keys') {
      return issue.keys.map((setting) => ({ setting, message: 'There is no such control: leave it out.' }));
    }
    if (issue.path.length === 0) throw new HttpError(400, issue.message);
    return [{ setting: String(issue.path[0]), message: issue.message }];
  });
  throw new InvalidSettingsError('Some of it is out of bounds: correct it.', problems);
}

async function jsonOf(request: IncomingMessage): Promise<unknown> {
  const text = await readBody(request, { maxBytes: MAX_BODY_BYTES, acceptGzip: false });
  try {
    return JSON.parse(text === '' ? '{}' : text);
  } catch {
    throw new HttpError(400, 'The body is no JSON: send an object.');
  }
}
