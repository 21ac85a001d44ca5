import { useMemo, useRef } from 'react';
import { Link } from 'wouter';
import type { ActionRun } from '../../../src/wire/module.js';
import type { SettingsPicture } from '../../../src/wire/playbook.js';
import { api } from '../../api/client.js';
import { type ActionCard, actionCards } from '../../cards.js';
import { countOf } from '../../format/format.js';
import { ActionButton } from '../../parts/buttons.js';
import { Notice } from '../../parts/notices.js';
import { useAction, useTitle, ViewHeading } from '../../shell/view.js';
import { tidy } from '../configuration/draft.js';
import { EditorForm } from '../configuration/editor-form.js';
import type { SettingGroup } from '../configuration/setting-words.js';
import { useSettingsEditor } from '../configuration/use-settings-editor.js';
import { UnknownAddress } from '../library/library-view.js';
import { ActionResult } from './action-result.js';
import { NoAccount } from './actions-view.js';
import { useActionResults, useActionRuns } from './use-action-run.js';
import './actions.css';

/** One action: what it is given, and what comes of it. */
export function ActionView({ command }: { readonly command: string }) {
  const card = actionCards.get(command);
  if (!card) return <UnknownAddress title="There is no such action" />;
  return <KnownAction card={card} />;
}

function KnownAction({ card }: { readonly card: ActionCard }) {
  const { runs, error, note } = useActionRuns();
  const run = runs?.find(({ command }) => command === card.command) ?? null;
  const { results, error: resultsError } = useActionResults(run);
  const result = useRef<HTMLElement>(null);
  useTitle(card.name, 'Actions');
  return (
    <div className="view">
      <div>
        <p className="action-back">
          <Link href="/actions">Actions</Link>
        </p>
        <ViewHeading level={1} className="view-title">
          {card.name}
        </ViewHeading>
        <p className="view-intro">{card.description}.</p>
      </div>
      {[error, resultsError].map(
        (message, at) =>
          message !== null && (
            <Notice key={at} tone="bad">
              {message}
            </Notice>
          ),
      )}
      <NoAccount />
      {runs && (
        <ArgumentsForm
          card={card}
          run={run}
          onRun={(started) => {
            note(started);
            result.current?.focus({ preventScroll: true });
            result.current?.scrollIntoView({ block: 'start', behavior: 'smooth' });
          }}
          onStop={note}
        />
      )}
      <section ref={result} tabIndex={-1} className="view action-result" aria-label="Result of the last run">
        {runs && <ActionResult card={card} run={run} results={results} />}
      </section>
    </div>
  );
}

const NUMBERS = ['integer', 'number'];

/** Limits have defaults that are right at first. */
function groupsOf({ schema }: ActionCard): readonly SettingGroup[] {
  const isLimit = (name: string): boolean => {
    const { type = '', default: byDefault } = schema.properties[name] ?? {};
    return NUMBERS.includes(type) && byDefault !== undefined;
  };
  const names = Object.keys(schema.properties);
  const groups = [
    { id: 'arguments', title: 'Arguments', settings: names.filter((name) => !isLimit(name)) },
    { id: 'advanced', title: 'Limits', settings: names.filter(isLimit) },
  ];
  return groups.filter(({ settings }) => settings.length > 0);
}

function pictureOf(given: Readonly<Record<string, unknown>>): SettingsPicture {
  return { settings: given, savedSecrets: [], problems: [] };
}

interface ArgumentsFormProps {
  readonly card: ActionCard;
  readonly run: ActionRun | null;
  readonly onRun: (run: ActionRun) => void;
  readonly onStop: (run: ActionRun) => void;
}

function ArgumentsForm({ card, run, onRun, onStop }: ArgumentsFormProps) {
  const groups = useMemo(() => groupsOf(card), [card]);
  const stopping = useAction();
  const isRunning = run?.state === 'running';
  const editor = useSettingsEditor({
    card,
    groups,
    initial: pictureOf(run?.arguments ?? {}),
    send: async (draft, secrets) => {
      const given = tidy(draft.settings, secrets);
      onRun(await api.runAction(card.command, given));
      return pictureOf(given);
    },
  });
  const wrong = editor.tried || editor.refused.length > 0 ? editor.shown : [];
  return (
    <div className="action-form">
      <EditorForm editor={editor} label="Arguments">
        <div className="action-bar">
          <ActionButton kind="primary" type="submit" busy={editor.sending || isRunning}>
            {isRunning ? 'Running' : 'Run'}
          </ActionButton>
          {isRunning && (
            <ActionButton
              busy={stopping.busy}
              onClick={() => stopping.run(async () => onStop(await api.stopAction(card.command)))}
            >
              Stop
            </ActionButton>
          )}
          <p role="status" className="action-words">
            {wrong.length > 0 && `Not run: ${countOf(wrong.length, 'field needs', 'fields need')} correcting.`}
          </p>
        </div>
      </EditorForm>
    </div>
  );
}
