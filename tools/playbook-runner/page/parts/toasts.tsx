import { useSyncExternalStore } from 'react';
import { Button } from './button.js';
import { Notice, type NoticeTone } from './notice.js';
import './toasts.css';

interface Toast {
  readonly number: number;
  readonly text: string;
  readonly tone: NoticeTone;
}

const shownMs = 6_000;
let last = 0;
let toasts: readonly Toast[] = [];
const listeners = new Set<() => void>();

/** Says something for a few seconds; what went wrong stays until it is dismissed. */
export function showToast(text: string, tone: NoticeTone = 'good'): void {
  last += 1;
  const number = last;
  change([...toasts.filter((toast) => toast.text !== text), { number, text, tone }]);
  if (tone !== 'bad') window.setTimeout(() => dismiss(number), shownMs);
}

/** Where they appear: once, between the navigation and the view, where they cover no control. */
export function Toasts() {
  const shown = useSyncExternalStore(subscribe, () => toasts);
  return (
    <div className="toasts" role="status" aria-label="Messages">
      {shown.map(({ number, text, tone }) => (
        <Notice
          key={number}
          tone={tone}
          action={
            <Button kind="quiet" small onClick={() => dismiss(number)}>
              Dismiss
            </Button>
          }
        >
          {text}
        </Notice>
      ))}
    </div>
  );
}

function dismiss(number: number): void {
  change(toasts.filter((toast) => toast.number !== number));
}

function change(to: readonly Toast[]): void {
  toasts = to;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
