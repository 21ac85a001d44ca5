import { Link } from 'wouter';
import type { TabItem } from './tab-item.js';
import './tabs.css';
import { useCurrentInView } from './use-current-in-view.js';

interface TabsProps {
  /** Names the group for screen readers. */
  readonly label: string;
  readonly items: readonly TabItem[];
  readonly current: string;
}

/** Views of one thing, each with an address of its own: links, so that they can be opened beside each other. */
export function Tabs({ label, items, current }: TabsProps) {
  const row = useCurrentInView<HTMLUListElement>(current);
  return (
    <nav className="tabs" aria-label={label}>
      <ul ref={row} className="tabs-list">
        {items.map(({ id, label: text, href }) => (
          <li key={id}>
            <Link href={href} className="tabs-link" aria-current={id === current ? 'page' : undefined}>
              {text}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
