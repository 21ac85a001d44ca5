/** What the table tells of the event, in full. */
import type { EventDetail, EventLine } from '../../../src/wire/live.js';
import { formatCount } from '../../format/format.js';
import { Time } from '../../parts/layout.js';
import { ForeignText, StatusMark } from './events-table.js';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import { Button, CopyButton } from '../../parts/buttons.js';
import { jsonTokens } from './event-filter.js';
import { ApiError, messageOf } from '../../api/request.js';
import { api } from '../../api/client.js';
import { Notice } from '../../parts/notices.js';

function EventFacts({ event }: { readonly event: EventLine }) {
  return (
    <dl className="event-facts">
      <div>
        <dt>From</dt>
        <dd>
          <ForeignText text={event.from} />
        </dd>
      </div>
      <div>
        <dt>To</dt>
        <dd>
          <ForeignText text={event.to} />
        </dd>
      </div>
      <div>
        <dt>Status</dt>
        <dd>
          <StatusMark status={event.status} />
        </dd>
      </div>
      <div>
        <dt>Outcome</dt>
        <dd>
          <ForeignText text={event.outcome} />
        </dd>
      </div>
      <div>
        <dt>Received</dt>
        <dd>{event.receivedMs === null ? '–' : <Time atMs={event.receivedMs} focusable />}</dd>
      </div>
      <div>
        <dt>Arrived here</dt>
        <dd>
          <Time atMs={event.arrivedAtMs} focusable /> as number {formatCount(event.number)}
        </dd>
      </div>
    </dl>
  );
}

interface JsonPaneProps {
  readonly title: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** What an empty object means here. */
  readonly empty: string;
}

function JsonPane({ title, value, empty }: JsonPaneProps) {
  const titleId = useId();
  const tokens = useMemo(() => jsonTokens(value), [value]);
  const isEmpty = Object.keys(value).length === 0;
  return (
    <div className="json-pane">
      <div className="json-head">
        <h3 id={titleId}>{title}</h3>
        {!isEmpty && <CopyButton text={JSON.stringify(value, null, 2)} label={`Copy ${title.toLowerCase()}`} />}
      </div>
      {isEmpty ? (
        <p className="json-empty">{empty}</p>
      ) : (
        // Left to right whatever it holds: JSON is code.
        <pre className="json-text" dir="ltr" tabIndex={0} role="region" aria-labelledby={titleId}>
          {tokens.map(({ kind, text }, index) =>
            kind === 'layout' ? (
              text
            ) : (
              <bdi key={index} className={`token-${kind}`}>
                {text}
              </bdi>
            ),
          )}
        </pre>
      )}
    </div>
  );
}

type Loaded =
  { readonly number: number; readonly detail: EventDetail } | { readonly number: number; readonly problem: string };

/** The whole event; null while it is being fetched. */
function useEventDetail(playbook: string, number: number): Loaded | null {
  const [loaded, setLoaded] = useState<Loaded | null>(null);
  useEffect(() => {
    let wanted = true;
    const show = (next: Loaded): void => {
      if (wanted) setLoaded(next);
    };
    api.event(playbook, number).then(
      (detail) => show({ number, detail }),
      (error: unknown) => show({ number, problem: problemOf(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [playbook, number]);
  return loaded?.number === number ? loaded : null;
}

function problemOf(error: unknown): string {
  const gone = error instanceof ApiError && error.status === 404;
  return gone ? 'This event is kept no more: newer ones have taken its place. Open one of those.' : messageOf(error);
}

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
