import type { RJSFSchema } from '@rjsf/utils';
import type { ValidatorFunctions } from '@rjsf/validator-ajv8';
import { accountCards, actionCards as builtActions, cards as built } from 'virtual:cards';
import type { ResultSchema, SettingsSchema } from '../src/form/settings-schema.js';

/** What can be filled in, as build/cards-plugin.ts has put it into the page. */
export interface FormCard {
  readonly schema: RJSFSchema & SettingsSchema;
  /** Functions that check the schema and its parts, by their hashes. */
  readonly validators: ValidatorFunctions;
}

/** A trigger's card. */
export interface Card extends FormCard {
  readonly name: string;
  /** Its `docker_parameters`. */
  readonly trigger: string;
}

/** An action's card. */
export interface ActionCard extends FormCard {
  /** Its `docker_parameters`. */
  readonly command: string;
  readonly name: string;
  readonly description: string;
  readonly results: ResultSchema;
  /** The branches of the playbook after it, with what each means. */
  readonly outputs: Readonly<Record<string, string>>;
}

/** By `docker_parameters`. */
export const cards = built as ReadonlyMap<string, Card>;
export const actionCards = builtActions as ReadonlyMap<string, ActionCard>;

/** What manifest.json asks for an account; undefined only where the page was built without it. */
export const accountCard = (accountCards as ReadonlyMap<string, FormCard>).get('account');
