/** One of several views, for `Tabs`. */
export interface TabItem {
  readonly id: string;
  readonly label: string;
  /** A route, as in `/playbooks/demo/events`. */
  readonly href: string;
}
