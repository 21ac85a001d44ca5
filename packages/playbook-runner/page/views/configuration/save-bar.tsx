import type { Problem } from '../../../src/wire/playbook.js';
import { countOf } from '../../format/numbers.js';
import { ActionButton } from '../../parts/action-button.js';
import { Button } from '../../parts/button.js';

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
  /** Where the trigger runs with what was saved before. */
  readonly restart: { readonly busy: boolean; readonly run: () => void } | null;
}

/** Always in sight, so that it is clear whether what one sees is saved. */
export function SaveBar(props: SaveBarProps) {
  const { changed, saved, busy, disabled, problems, titleOf, onGoTo, onDiscard, restart } = props;
  const wrong = problems.length > 0;
  return (
    <div className="save-bar">
      <div className="save-bar-words" role="status">
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
  if (!saved) return 'Nothing to save.';
  return waitsForStart ? 'Saved. Takes effect at the next start.' : 'Saved.';
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
