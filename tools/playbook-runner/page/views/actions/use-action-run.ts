import { useEffect, useState } from 'react';
import type { ActionResults, ActionRun } from '../../../src/wire/module.js';
import { api } from '../../api/client.js';
import { useLiveValue } from '../../api/live.js';
import { messageOf } from '../../api/request.js';

const LOOK_EVERY_MS = 400;

export interface ActionRunsRead {
  /** Null until they are known. */
  readonly runs: readonly ActionRun[] | null;
  readonly error: string | null;
  /** Takes over what the runner has just said of one. */
  readonly note: (run: ActionRun) => void;
}

/** The last run of each action; looked at again while one runs. */
export function useActionRuns(): ActionRunsRead {
  const connected = useLiveValue((state) => state.connection === 'connected');
  const [runs, setRuns] = useState<readonly ActionRun[] | null>(null);
  const [error, setError] = useState<string | null>(null);
  const isRunning = runs?.some(({ state }) => state === 'running') ?? false;
  useEffect(() => {
    if (!connected) return;
    let wanted = true;
    const look = (): void => {
      api.actionRuns().then(
        (read) => {
          if (!wanted) return;
          setRuns(read.runs);
          setError(null);
        },
        (reason: unknown) => wanted && setError(messageOf(reason)),
      );
    };
    look();
    const timer = isRunning ? window.setInterval(look, LOOK_EVERY_MS) : undefined;
    return () => {
      wanted = false;
      window.clearInterval(timer);
    };
  }, [connected, isRunning]);
  const note = (run: ActionRun): void =>
    setRuns((before) => [...(before ?? []).filter(({ command }) => command !== run.command), run]);
  return { runs, error, note };
}

interface Read {
  readonly number: number;
  readonly results: ActionResults | null;
  readonly error: string | null;
}

/** The results of a run, once it has some. */
export function useActionResults(run: ActionRun | null): Pick<Read, 'results' | 'error'> {
  const [read, setRead] = useState<Read>({ number: 0, results: null, error: null });
  const number = run?.hasResults === true && run.state !== 'running' ? run.number : 0;
  const command = run?.command ?? '';
  useEffect(() => {
    if (number === 0) return;
    let wanted = true;
    api.actionResults(command).then(
      (results) => wanted && setRead({ number, results, error: null }),
      (error: unknown) => wanted && setRead({ number, results: null, error: messageOf(error) }),
    );
    return () => {
      wanted = false;
    };
  }, [command, number]);
  // Those of an earlier run are none of this one.
  return number !== 0 && read.number === number ? read : { results: null, error: null };
}
