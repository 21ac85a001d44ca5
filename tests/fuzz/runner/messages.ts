import type { FindingKind } from '../engine/target.js';

/** What the parent asks of the process that runs a target. */
export interface Order {
  readonly target: string;
  readonly seed: number;
  readonly seconds: number;
  /** Where findings become files. */
  readonly corpus: string;
  /** Written before each run: what was being run when the process hung or died. */
  readonly current: string;
  readonly keep: boolean;
  /** A case to run once instead. */
  readonly repeat?: string | undefined;
}

export interface Progress {
  readonly kind: 'progress';
  readonly runs: number;
  readonly pool: number;
  readonly passed: number;
  readonly all: number;
  readonly peakMib: number;
}

export interface Found {
  readonly kind: 'found';
  readonly finding: FindingKind;
  readonly key: string;
  readonly message: string;
  readonly file: string;
  readonly bytes: number;
}

export type Message = Progress | Found | { readonly kind: 'done'; readonly runs: number };
