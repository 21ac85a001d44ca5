import { type RefObject, useEffect, useRef } from 'react';
import type { Problem } from '../../../src/wire/playbook.js';
import { countOf } from '../../format/format.js';
import { ActionButton, Button, useConnected } from '../../parts/buttons.js';

interface SaveBarProps {
  readonly changed: boolean;
  /** It has been saved since the form was opened. */
  readonly saved: boolean;
  readonly busy: boolean;
  /** Something else is being saved. */
  readonly disabled: boolean;
  /** What keeps it from being saved: told once saving was tried. */
  readonly problems: readonly Problem[];
  readonly titleOf: (setting: string) => string;
  readonly onGoTo: (setting: string) => void;
  readonly onDiscard: () => void;
  /** Where the trigger runs with other settings than are saved. */
  readonly restart: { readonly busy: boolean; readonly run: () => void } | null;
}

/** Always in sight, so that it is clear whether what one sees is saved. */
export function SaveBar(props: SaveBarProps) {
  const { changed, saved, busy, disabled, problems, titleOf, onGoTo, onDiscard, restart } = props;
  const connected = useConnected();
  const words = useFocusAfter(restart !== null);
  const wrong = problems.length > 0;
  return (
    <div className="save-bar">
      <div className="save-bar-words" role="status" tabIndex={-1} ref={words}>
        {!connected && <strong>Not connected: nothing can be saved now. </strong>}
        {wrong && <SaveProblems problems={problems} titleOf={titleOf} onGoTo={onGoTo} />}
        {!wrong && changed && <strong>Unsaved changes</strong>}
        {!wrong && !changed && restingWords(saved, restart !== null)}
      </div>
      <div className="save-bar-buttons">
        {restart && !changed && (
          <ActionButton busy={restart.busy} onClick={restart.run}>
            Restart
          </ActionButton>
        )}
        <Button disabled={!changed || busy || disabled} onClick={onDiscard}>
          Discard
        </Button>
        <ActionButton kind="primary" type="submit" busy={busy} disabled={disabled}>
          Save
        </ActionButton>
      </div>
    </div>
  );
}

function restingWords(saved: boolean, waitsForStart: boolean): string {
  if (waitsForStart) return 'Saved. Takes effect at the next start.';
  return saved ? 'Saved.' : 'Nothing to save.';
}

/** Takes the focus when `shown` ends and what was shown has taken it along. */
function useFocusAfter(shown: boolean): RefObject<HTMLDivElement | null> {
  const element = useRef<HTMLDivElement>(null);
  const before = useRef(shown);
  useEffect(() => {
    if (before.current && !shown && document.activeElement === document.body) {
      element.current?.focus({ preventScroll: true });
    }
    before.current = shown;
  }, [shown]);
  return element;
}

function SaveProblems({ problems, titleOf, onGoTo }: Pick<SaveBarProps, 'problems' | 'titleOf' | 'onGoTo'>) {
  return (
    <>
      <strong className="save-bar-wrong">
        Not saved: {countOf(problems.length, 'field needs', 'fields need')} correcting.
      </strong>
      <ul className="save-bar-problems">
        {problems.map(({ setting, message }) => (
          <li key={setting}>
            {setting === '' ? (
              message
            ) : (
              <button type="button" className="text-button" onClick={() => onGoTo(setting)}>
                {titleOf(setting)}
              </button>
            )}
          </li>
        ))}
      </ul>
    </>
  );
}
