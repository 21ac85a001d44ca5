import type { Overview } from '../../../src/wire/live.js';
import { durationFigure, formatCount } from '../../format/format.js';
import { Figure, Figures } from '../../parts/figure.js';
import { Panel } from '../../parts/panel.js';
import { cutFirstSentence } from '../playbook/state-story.js';

const UNKNOWN = { value: '–' };

export function KeyFigures({ overview }: { readonly overview: Overview }) {
  const { eventsLastMinute, lagSeconds, totals, audit, health } = overview;
  return (
    <Panel title="Now">
      <Figures>
        <Figure label="Last minute" value={formatCount(eventsLastMinute)} help="events that arrived" />
        <Figure
          label="Lag"
          {...(lagSeconds === null ? UNKNOWN : durationFigure(lagSeconds))}
          help="all mail received up to this long ago has been read"
        />
        <Figure label="Delivered" value={formatCount(totals.delivered)} help="since the runner was started" />
        {audit && (
          <>
            <Figure label="Missing" value={formatCount(audit.missing)} help="shown by the tenant, not here yet" />
            <Figure
              label="Repeated"
              value={formatCount(audit.repeated)}
              help="arrived more than once"
              {...(audit.repeated > 0 && { tone: 'bad' })}
            />
          </>
        )}
        <Figure label="Health" {...healthFigure(health)} />
      </Figures>
    </Panel>
  );
}

function healthFigure(health: Overview['health']) {
  if (health === null) return { ...UNKNOWN, help: 'nothing answers' };
  if (health.healthy) return { value: 'Good', tone: 'good', help: 'no complaints' } as const;
  const [reason] = cutFirstSentence(health.reasons[0] ?? 'The trigger names no reason.');
  // As high as the other figures' words: all of it is told in the panel below.
  return { value: 'Bad', tone: 'bad', help: <span className="two-lines">{reason}</span> } as const;
}
