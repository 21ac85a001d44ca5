/** What the bench and the tenant's process say to each other. */

export const APIS = ['reporting-web-service', 'graph'] as const;
export type Api = (typeof APIS)[number];

/** What the tenant's process is started with. All times are milliseconds since 1970. */
export interface TenantOptions {
  readonly api: Api;
  readonly backlog?: Backlog;
}

/** Rows received at random times in [fromMs, toMs). None is late, and none changes its status. */
export interface Backlog {
  readonly rows: number;
  readonly fromMs: number;
  readonly toMs: number;
}

/** Where everything is, and how a program signs in there. */
export interface Addresses {
  readonly dockerParameters: string;
  /** The module's settings that name Microsoft's services and who signs in. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** The API that is read, without a slash at its end. */
  readonly apiUrl: string;
  readonly authorityUrl: string;
  readonly intakeUrl: string;
  readonly intakeKey: string;
  readonly callbackUrl: string;
  readonly token: string;
}

/** When a run is over: when it has delivered so many events, and when it has been given so many rows. */
export interface End {
  readonly events: number;
  readonly rows: number;
}

/** What one run asked for and delivered. */
export interface Counts {
  /** Requests for pages, whatever they were answered. */
  readonly requests: number;
  /** Rows on those pages. */
  readonly rows: number;
  readonly events: number;
  /** From a row's becoming visible to its acknowledgement, in milliseconds, sorted; of mail that arrives meanwhile. */
  readonly delaysMs: readonly number[];
}

export type Order =
  /** Counts from 0 again, and tells `first-request` and `done` of what comes now. */
  | { readonly order: 'begin'; readonly end: End | undefined }
  | { readonly order: 'count' }
  /** Sets Microsoft's clocks ahead of ours. */
  | { readonly order: 'clock'; readonly offsetMs: number }
  /** Lets mail arrive from now on, for some time. */
  | { readonly order: 'mail'; readonly rowsPerHour: number; readonly forMs: number };

export type Told =
  | { readonly told: 'ready'; readonly addresses: Addresses }
  | { readonly told: 'first-request'; readonly atMs: number }
  | { readonly told: 'done' }
  | { readonly told: 'counts'; readonly counts: Counts };
