import { describedBy, Field } from '../../parts/field.js';
import { Panel } from '../../parts/panel.js';
import { useSettingsContent } from './settings-context.js';
import { fieldId } from './settings-form.js';

interface NamePanelProps {
  readonly name: string;
  readonly onChange: (name: string) => void;
}

export function NamePanel({ name, onChange }: NamePanelProps) {
  const { problems } = useSettingsContent();
  const id = fieldId('name');
  return (
    <Panel title="Playbook">
      <Field id={id} label="Name" mark="required" help="What it is called on this page." error={problems.get('name')}>
        <input
          id={id}
          className="input"
          autoComplete="off"
          value={name}
          aria-describedby={describedBy(id)}
          aria-invalid={problems.has('name')}
          onChange={(event) => onChange(event.target.value)}
        />
      </Field>
    </Panel>
  );
}
