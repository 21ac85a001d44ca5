import type { PlaybookState } from '../../src/wire/playbook.js';
import { classNames } from './class-names.js';
import { useConnected } from './connected.js';
import { stateWords } from './state-words.js';
import './state-pill.css';

interface StatePillProps {
  readonly state: PlaybookState;
  /** Without a ground, for lists. */
  readonly plain?: boolean;
}

export function StatePill({ state, plain = false }: StatePillProps) {
  const connected = useConnected();
  const { words, tone } = stateWords(state);
  return (
    <span className={classNames('state', plain ? 'state-plain' : 'state-pill', `state-${connected ? tone : 'idle'}`)}>
      <span className="state-dot" aria-hidden="true" />
      {connected ? words : `${words}, as last seen`}
    </span>
  );
}
