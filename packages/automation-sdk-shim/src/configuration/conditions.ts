import type { ErrorObject } from 'ajv';
import { isObject } from '../json.js';
import type { Schema } from './cards.js';

/** What `if` adds to a demand on the settings. */
export interface Condition {
  /** The schema in `then` or `else`. */
  readonly demands: Schema;
  /** The end of a sentence: `, as "api" is "graph"`; empty where the condition is more than constants. */
  readonly clause: string;
}

/** The condition under which what `error` is about is demanded; undefined where it always is. */
export function conditionOf(error: ErrorObject, errors: readonly ErrorObject[]): Condition | undefined {
  for (const { keyword, schemaPath, params, parentSchema } of errors) {
    const branch: unknown = (params as Schema)['failingKeyword'];
    if (keyword !== 'if' || typeof branch !== 'string') continue;
    if (!error.schemaPath.startsWith(`${schemaPath.slice(0, -'if'.length)}${branch}/`)) continue;
    const demands: unknown = parentSchema?.[branch];
    return {
      demands: isObject(demands) ? demands : {},
      clause: branch === 'then' ? clauseOf(parentSchema?.['if']) : '',
    };
  }
  return undefined;
}

function clauseOf(condition: unknown): string {
  const properties = isObject(condition) && isObject(condition['properties']) ? condition['properties'] : {};
  const facts = Object.entries(properties).flatMap(([name, schema]) =>
    isObject(schema) && 'const' in schema ? [`"${name}" is ${JSON.stringify(schema['const'])}`] : [],
  );
  return facts.length > 0 ? `, as ${facts.join(' and ')}` : '';
}
