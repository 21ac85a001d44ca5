import type { accountSettings, applicationSettings, moduleSettings, sharedSettings } from './definition.js';
import type { Setting, Settings } from './setting.js';

const GUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/i;
/** At least two labels, in any script. */
const DOMAIN = /^(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+[\p{L}\p{N}][\p{L}\p{N}-]{0,61}[\p{L}\p{N}]$/u;

/** The form of the IDs that Entra ID gives to tenants and applications. */
export function isGuid(text: string): boolean {
  return GUID.test(text);
}

/** `common` and `organizations`, which Entra ID knows too, name no tenant. */
export function isDomain(text: string): boolean {
  return DOMAIN.test(text);
}

type ValueOf<One extends Setting> = One extends { enum: readonly (infer Choice)[] }
  ? Choice
  : One['type'] extends 'integer'
    ? number
    : One['type'] extends 'boolean'
      ? boolean
      : One['type'] extends 'array'
        ? readonly string[]
        : string;

type Always<All extends Settings> = {
  [Name in keyof All]: All[Name] extends { required: true } | { default: unknown } ? Name : never;
}[keyof All];

/** The values of checked settings: with the defaults filled in, only settings without a default can be absent. */
export type ValuesOf<All extends Settings> = {
  readonly [Name in Always<All>]: ValueOf<All[Name]>;
} & {
  readonly [Name in Exclude<keyof All, Always<All>>]?: ValueOf<All[Name]>;
};

/** What both triggers have. */
export type TraceConfiguration = ValuesOf<typeof sharedSettings>;
/** Of the connected account. */
export type ModuleConfiguration = ValuesOf<typeof moduleSettings>;
export type MessageTraceConfiguration = ValuesOf<typeof accountSettings>;
export type MessageTraceGraphConfiguration = ValuesOf<typeof applicationSettings>;
