import { cards } from '../../cards.js';
import { Notice } from '../../parts/notice.js';
import type { PlaybookViewProps } from '../playbook-view-props.js';
import { ConfigurationForm } from './configuration-form.js';
import { DeletePlaybook } from './delete-playbook.js';
import { useSavedSettings } from './use-saved-settings.js';
import './configuration.css';

/** A playbook's settings, in a form that is made from its trigger's card. */
export function ConfigurationView({ playbook }: PlaybookViewProps) {
  const { saved, error } = useSavedSettings(playbook.id);
  const card = cards.get(playbook.trigger);
  if (error !== null) return <Notice tone="bad">{error}</Notice>;
  return (
    <>
      {!card && (
        <Notice tone="bad" title="The trigger's card is missing">
          This page was built without a card for “{playbook.trigger}”. Build it again with <code>npm run build</code>.
        </Notice>
      )}
      {saved && card && <ConfigurationForm playbook={playbook} card={card} initial={saved} />}
      {saved && <DeletePlaybook playbook={playbook} />}
    </>
  );
}
