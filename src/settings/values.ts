import type { accountSettings, applicationSettings, Setting, Settings } from './definition.js';

type ValueOf<One extends Setting> = One extends { enum: readonly (infer Choice)[] }
  ? Choice
  : One['type'] extends 'integer'
    ? number
    : One['type'] extends 'boolean'
      ? boolean
      : string;

type Always<All extends Settings> = {
  [Name in keyof All]: All[Name] extends { required: true } | { default: unknown } ? Name : never;
}[keyof All];

/** The values of checked settings: with the defaults filled in, only settings without a default can be absent. */
type ValuesOf<All extends Settings> = {
  readonly [Name in Always<All>]: ValueOf<All[Name]>;
} & {
  readonly [Name in Exclude<keyof All, Always<All>>]?: ValueOf<All[Name]>;
};

export type MessageTraceConfiguration = ValuesOf<typeof accountSettings>;
export type MessageTraceGraphConfiguration = ValuesOf<typeof applicationSettings>;
