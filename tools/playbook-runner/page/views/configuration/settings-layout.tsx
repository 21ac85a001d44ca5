import type { ObjectFieldTemplateProps } from '@rjsf/utils';
import { type ReactNode, useState } from 'react';
import { countOf } from '../../format/format.js';
import { Panel } from '../../parts/panel.js';
import { tellConsequences } from './consequences.js';
import { isBlank } from './draft.js';
import { useSettingsContent } from './settings-context.js';
import { groupSettings } from './setting-words.js';

/** The fields in their groups; under each title what follows from what is filled in. */
export function SettingsLayout({ properties }: ObjectFieldTemplateProps) {
  const { schema, draft, savedSecrets } = useSettingsContent();
  const has = (name: string): boolean =>
    !isBlank(draft.settings[name]) || (savedSecrets.includes(name) && !draft.forgotten.includes(name));
  const consequences = tellConsequences(schema, draft.settings, has);
  const fields = new Map(properties.map(({ name, content }) => [name, content]));
  return groupSettings(schema).map(({ id, title, settings }) => {
    const content = settings.map((name) => fields.get(name));
    if (id === 'advanced') {
      return (
        <Advanced key={id} title={title} settings={settings}>
          {content}
        </Advanced>
      );
    }
    return (
      <Panel key={id} title={title} help={consequences[id]}>
        {content}
      </Panel>
    );
  });
}

interface AdvancedProps {
  readonly title: string;
  readonly settings: readonly string[];
  readonly children: ReactNode;
}

/** Closed, as the defaults are right for almost everybody; open where something is wrong in it. */
function Advanced({ title, settings, children }: AdvancedProps) {
  const { draft, problems } = useSettingsContent();
  const [opened, setOpened] = useState(false);
  const changed = settings.filter((name) => name in draft.settings).length;
  const wrong = settings.some((name) => problems.has(name));
  return (
    <details
      className="panel advanced"
      open={opened || wrong}
      onToggle={(event) => setOpened(event.currentTarget.open)}
    >
      <summary className="advanced-summary">
        <h2 className="panel-title">{title}</h2>
        <span className="panel-help">
          {changed === 0 ? 'All at their defaults.' : `${countOf(changed, 'setting')} filled in.`}
        </span>
      </summary>
      <div className="advanced-fields">{children}</div>
    </details>
  );
}
