import type { ReactNode } from 'react';
import { classNames } from './button.js';
import './figure.css';

interface FigureProps {
  readonly label: string;
  /** Ready to be shown; `–` where it is not known. */
  readonly value: string;
  readonly unit?: string;
  readonly help?: ReactNode;
  /** Colours the number; the words must tell it too. */
  readonly tone?: 'good' | 'caution' | 'bad';
}

/** A number that is read at a glance. Put several into `Figures`. */
export function Figure({ label, value, unit, help, tone }: FigureProps) {
  return (
    <div className="figure">
      <dt className="figure-label">{label}</dt>
      <dd className={classNames('figure-value', tone && `figure-${tone}`)}>
        {value}
        {unit && <span className="figure-unit"> {unit}</span>}
      </dd>
      {help && <dd className="figure-help">{help}</dd>}
    </div>
  );
}

/** A row of figures that wraps; with the same width for each. */
export function Figures({ children }: { readonly children: ReactNode }) {
  return <dl className="figures">{children}</dl>;
}
