import { Panel } from '../../parts/panel.js';

export function ExperimentsPanel() {
  return (
    <Panel
      title="Try to make it lose a row"
      help="Set everything back afterwards and watch the books: missing goes down again and repeated stays at 0. While mail comes in, a few rows are always on their way."
    >
      <ol className="experiments">
        <li>
          <strong>Let everything fail a little.</strong> Set Microsoft’s faults and the intake’s faults to 30 %. It gets
          slower, and nothing is lost.
        </li>
        <li>
          <strong>Close the intake for a minute.</strong> Missing grows, since nothing can be delivered. Open it again:
          what was held back arrives, each row once.
        </li>
        <li>
          <strong>Kill the trigger in the middle of it,</strong> at a high mail rate, several times. It goes on from
          what it had on disk. The worst that can happen is that the batch that was on its way arrives twice, with the
          same event.id.
        </li>
        <li>
          <strong>Show half of the rows late.</strong> A row that appears after its time was read is found by a later
          pass: watch “Late rows” in the overview. The later it appears, the longer it may take.
        </li>
        <li>
          <strong>Take Microsoft out of service for some minutes,</strong> then bring it back: fresh mail comes first,
          the backlog fills behind it.
        </li>
        <li>
          <strong>Do it all at once.</strong>
        </li>
      </ol>
    </Panel>
  );
}
