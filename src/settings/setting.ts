/** What a setting says of itself. Cards, types and docs follow from it. */
export interface Setting {
  readonly title: string;
  /** A sentence or more. The card adds the unit. */
  readonly description: string;
  readonly type: 'string' | 'integer' | 'boolean' | 'array';
  /** Of an array. */
  readonly items?: { readonly type: 'string'; readonly enum?: readonly string[] };
  /** Of a number. */
  readonly unit?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly enum?: readonly string[];
  readonly format?: 'uri';
  readonly default?: string | number | boolean;
  readonly required?: true;
  /** Sekoia.io stores it apart from the other settings and never shows it. */
  readonly secret?: true;
}

export type Settings = Readonly<Record<string, Setting>>;
