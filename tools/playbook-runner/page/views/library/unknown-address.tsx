import { Link } from 'wouter';
import { EmptyState } from '../../parts/empty-state.js';
import { useTitle } from '../../shell/use-title.js';
import { ViewHeading } from '../../shell/view-heading.js';

/** For addresses that lead nowhere, or no longer. */
export function UnknownAddress({ title }: { readonly title: string }) {
  useTitle(title);
  return (
    <div className="view">
      <ViewHeading level={1} className="view-title">
        {title}
      </ViewHeading>
      <EmptyState title="Nothing is shown at this address">
        Choose a playbook from the navigation, or add one from the <Link href="/">library</Link>.
      </EmptyState>
    </div>
  );
}
