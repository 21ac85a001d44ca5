import type { RJSFSchema } from '@rjsf/utils';
import type { ValidatorFunctions } from '@rjsf/validator-ajv8';
import { cards as built } from 'virtual:cards';
import type { SettingsSchema } from '../src/form/settings-schema.js';

/** A trigger's card, as build/cards-plugin.ts has put it into the page. */
export interface Card {
  readonly name: string;
  /** Its `docker_parameters`. */
  readonly trigger: string;
  readonly schema: RJSFSchema & SettingsSchema;
  /** Functions that check the schema and its parts, by their hashes. */
  readonly validators: ValidatorFunctions;
}

/** By `docker_parameters`. */
export const cards = built as ReadonlyMap<string, Card>;
