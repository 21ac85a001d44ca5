/** What one query sees: its bounds, and the rows of its result as keys of the world, newest first. */
export interface ResultView {
  readonly startMs: number;
  readonly endMs: number;
  readonly keys: Float64Array;
  /** The instant at which the world was looked at. */
  readonly atMs: number;
}

/**
 * The results that are being read page by page, by the filter that asked for them. Only the latest few are kept: one
 * that has been pushed out goes on from the present view.
 */
export class ResultViews {
  readonly #capacity: number;
  readonly #views = new Map<string, ResultView>();

  constructor(capacity = 8) {
    this.#capacity = capacity;
  }

  open(filter: string | null, view: ResultView): ResultView {
    const name = filter ?? '';
    this.#views.delete(name);
    this.#views.set(name, view);
    for (const oldest of this.#views.keys()) {
      if (this.#views.size <= this.#capacity) break;
      this.#views.delete(oldest);
    }
    return view;
  }

  find(filter: string | null): ResultView | undefined {
    return this.#views.get(filter ?? '');
  }
}
