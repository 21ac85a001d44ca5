import { type ReactNode, useId } from 'react';
import { useConnected } from './button.js';
import { SwitchBox } from './switch-box.js';
import './switch.css';

interface SwitchProps {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
  readonly help?: ReactNode;
}

export function Switch({ label, checked, onChange, help }: SwitchProps) {
  const helpId = useId();
  const connected = useConnected();
  return (
    <div className="switch">
      <label className="switch-line">
        <SwitchBox
          checked={checked}
          disabled={!connected}
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
