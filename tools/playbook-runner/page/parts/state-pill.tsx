import { classNames, useConnected } from './button.js';
import { stateWords, type ToldState } from '../views/playbook/state-story.js';
import './state-pill.css';

interface StatePillProps {
  readonly playbook: ToldState;
  /** Without a ground, for lists. */
  readonly plain?: boolean;
}

export function StatePill({ playbook, plain = false }: StatePillProps) {
  const connected = useConnected();
  const { words, tone } = stateWords(playbook);
  return (
    <span className={classNames('state', plain ? 'state-plain' : 'state-pill', `state-${connected ? tone : 'idle'}`)}>
      <span className="state-dot" aria-hidden="true" />
      {connected ? words : `${words}, as last seen`}
    </span>
  );
}
