/** A value of the platform: text, or what is written as JSON. */
type Value = string | Readonly<Record<string, unknown>>;

/** What the platform hands to a module, by the names of its contract. Absent values stay absent. */
export interface Settings {
  readonly triggerConfiguration: Readonly<Record<string, unknown>>;
  readonly moduleConfiguration: Readonly<Record<string, unknown>>;
  readonly token?: string;
  readonly urlCallback?: string;
  readonly intakeUrl?: string;
  /** Further values by their names, such as `playbook_uuid` or `sub_folder`. */
  readonly values?: Readonly<Record<string, string>>;
}

/** The settings as texts by the names under which a module looks them up. */
export function namedValues(settings: Settings): ReadonlyMap<string, string> {
  const values: [string, Value | undefined][] = [
    ['trigger_configuration', settings.triggerConfiguration],
    ['module_configuration', settings.moduleConfiguration],
    ['token', settings.token],
    ['url_callback', settings.urlCallback],
    ['intake_url', settings.intakeUrl],
    // Two that the operating system chooses: no other process can take them first. The module tells which.
    ['liveness_port', '0'],
    ['metrics_port', '0'],
    ...Object.entries(settings.values ?? {}),
  ];
  return new Map(values.flatMap(([name, value]) => (value === undefined ? [] : [[name, asText(value)]])));
}

function asText(value: Value): string {
  return typeof value === 'object' ? JSON.stringify(value) : value;
}
