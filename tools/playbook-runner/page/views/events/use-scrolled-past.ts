import { type RefObject, useEffect, useState } from 'react';

/** Whether the element has left the window at its top. */
export function useScrolledPast(element: RefObject<HTMLElement | null>): boolean {
  const [past, setPast] = useState(false);
  useEffect(() => {
    if (element.current === null) return;
    const watched = new IntersectionObserver(([entry]) => {
      if (entry) setPast(!entry.isIntersecting && entry.boundingClientRect.top < 0);
    });
    watched.observe(element.current);
    return () => watched.disconnect();
  }, [element]);
  return past;
}
