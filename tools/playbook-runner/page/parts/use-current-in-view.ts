import { type RefObject, useEffect, useRef } from 'react';

/**
 * For a row of links that scrolls sideways where there is no room: brings the current one into its middle.
 * @param current what tells it from the others
 */
export function useCurrentInView<Row extends HTMLElement>(current: string): RefObject<Row | null> {
  const row = useRef<Row>(null);
  useEffect(() => {
    const link = row.current?.querySelector('[aria-current="page"]');
    if (!row.current || !link) return;
    const { left, width } = link.getBoundingClientRect();
    const around = row.current.getBoundingClientRect();
    // Not scrollIntoView: it would move the page as well.
    row.current.scrollLeft += left + width / 2 - (around.left + around.width / 2);
  }, [current]);
  return row;
}
