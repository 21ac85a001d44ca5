import type { ComponentProps } from 'react';
import './switch-box.css';

type SwitchBoxProps = Omit<ComponentProps<'input'>, 'type' | 'role' | 'className'>;

/** The switch alone, for where its label stands elsewhere. */
export function SwitchBox(props: SwitchBoxProps) {
  return <input {...props} type="checkbox" role="switch" className="switch-box" />;
}
