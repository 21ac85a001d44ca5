import { type KeyboardEvent, useEffect, useId, useRef } from 'react';
import type { EventLine } from '../../../src/wire/live.js';
import { Button } from '../../parts/button.js';
import { CopyButton } from '../../parts/copy-button.js';
import { Notice } from '../../parts/notice.js';
import { EventFacts } from './event-facts.js';
import { ForeignText } from './events-table.js';
import { JsonPane } from './json-pane.js';
import { useEventDetail } from './use-event-detail.js';

interface EventDialogProps {
  /** Its id. */
  readonly playbook: string;
  /** Those to step through, newest first. */
  readonly events: readonly EventLine[];
  /** Which is open. */
  readonly number: number;
  readonly onMove: (number: number) => void;
  readonly onClose: () => void;
}

/** An event, whole: Escape closes, the left arrow opens the newer and the right arrow the older one. */
export function EventDialog({ playbook, events, number, onMove, onClose }: EventDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const title = useRef<HTMLHeadingElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
    // Not the first button, which steps away from the event.
    title.current?.focus();
  }, []);
  const loaded = useEventDetail(playbook, number);
  const at = events.findIndex((event) => event.number === number);
  const line = events[at];
  const move = (step: -1 | 1): void => {
    const next = events[at + step];
    if (next) onMove(next.number);
  };
  const moveByKey = (event: KeyboardEvent): void => {
    if (event.key === 'ArrowLeft') move(-1);
    if (event.key === 'ArrowRight') move(1);
  };
  const close = (): void => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      className="event-dialog"
      aria-labelledby={titleId}
      onClose={onClose}
      onKeyDown={moveByKey}
      onClick={(event) => {
        // On the dimmed page around it.
        if (event.target === dialog.current) close();
      }}
    >
      <div className="event-sheet">
        <header className="event-head">
          <div className="event-steps">
            <Button small label="Newer event" disabled={at <= 0} onClick={() => move(-1)}>
              ← Newer
            </Button>
            <Button small label="Older event" disabled={at + 1 >= events.length} onClick={() => move(1)}>
              Older →
            </Button>
          </div>
          <Button small onClick={close}>
            Close
          </Button>
          <h2 ref={title} id={titleId} className="event-title" tabIndex={-1}>
            <ForeignText text={line?.subject ?? ''} empty="(no subject)" />
          </h2>
        </header>
        {line && <EventFacts event={line} />}
        {loaded === null && <p className="event-loading">Loading…</p>}
        {loaded && 'problem' in loaded && (
          <Notice tone="caution" role="alert">
            {loaded.problem}
          </Notice>
        )}
        {loaded && 'detail' in loaded && (
          <>
            <div className="event-panes">
              <JsonPane
                title="Normalised"
                value={loaded.detail.normalised}
                empty="Nothing: the events of this playbook are raw rows alone."
              />
              <JsonPane title="Raw" value={loaded.detail.raw} empty="The event carries no row." />
            </div>
            <div>
              <CopyButton text={loaded.detail.text} label="Copy the event as delivered" />
            </div>
          </>
        )}
      </div>
    </dialog>
  );
}
