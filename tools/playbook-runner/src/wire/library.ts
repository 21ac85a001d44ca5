/** A trigger that can be added to a playbook, as its card describes it. */
export interface LibraryEntry {
  /** Its card's `docker_parameters`, such as `message_trace`: what tells it from the others. */
  readonly trigger: string;
  readonly name: string;
  readonly description: string;
}

/** `GET /api/library` */
export interface Library {
  /** Of the module, from its manifest; likewise the version. */
  readonly name: string;
  readonly description: string;
  readonly version: string;
  readonly triggers: readonly LibraryEntry[];
}
