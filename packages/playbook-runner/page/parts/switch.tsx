import { type ReactNode, useId } from 'react';
import { SwitchBox } from './switch-box.js';
import './switch.css';

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly help?: ReactNode;
  readonly disabled?: boolean;
}

export function Switch({ label, checked, onChange, help, disabled = false }: SwitchProps) {
  const helpId = useId();
  return (
    <div className="switch">
      <label className="switch-line">
        <SwitchBox
          checked={checked}
          disabled={disabled}
          aria-describedby={help ? helpId : undefined}
          onChange={(event) => onChange(event.target.checked)}
        />
        <span className="switch-label">{label}</span>
      </label>
      {help && (
        <p id={helpId} className="switch-help">
          {help}
        </p>
      )}
    </div>
  );
}
