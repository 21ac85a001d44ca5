import { classNames } from '../../parts/class-names.js';
import { ForeignText } from './foreign-text.js';

/** How the statuses of the two APIs went for the message; others are told without colour. */
const TONES: Readonly<Record<string, 'good' | 'caution' | 'bad'>> = {
  delivered: 'good',
  filteredasspam: 'caution',
  quarantined: 'caution',
  failed: 'bad',
};

export function StatusMark({ status }: { readonly status: string }) {
  const tone = TONES[status.toLowerCase()];
  return (
    <span className={classNames('status-mark', tone && `status-${tone}`)}>
      <ForeignText text={status} />
    </span>
  );
}
