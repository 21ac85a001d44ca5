import type { GraphFault, MailWorld, ReportingFault } from '@local/testbed';
import { withService as withGraph } from '../support/microsoft/graph/service.js';
import { presentMs, range } from '../support/microsoft/reading.js';
import { withService as withReportingWebService } from '../support/microsoft/reporting-web-service/service.js';
import { describeSource, type Failure } from './describe-source.js';
import { withListSource } from './list-source.js';

const OPTIONS = { pageRows: 100, retryAfterSeconds: 0 };

const KINDS: Readonly<Record<Failure, GraphFault & ReportingFault>> = {
  unavailable: 'http-503',
  throttled: 'http-429',
  'cut off': 'cut-off-json',
  unauthorized: 'http-401',
  'range refused': 'http-400',
};

const shownBy = (world: MailWorld) => () =>
  Array.from(world.visibleRows(presentMs), ({ traceId, recipient }) => `${traceId} ${recipient}`.toLowerCase());

describeSource('Microsoft Graph', (test) =>
  withGraph(OPTIONS, ({ simulator: { world, graph }, source }) =>
    test({
      source,
      range,
      add: (rows) => world.add({ rows, from: range.start, to: range.end }),
      shown: shownBy(world),
      fail: (failure, times) => graph.faults.failNext(KINDS[failure], times),
      requests: () => graph.requests.totals.requests,
    }),
  ),
);

describeSource('the Reporting Web Service', (test) =>
  withReportingWebService(OPTIONS, ({ simulator: { world, server }, source }) =>
    test({
      source,
      range,
      add: (rows) => world.add({ rows, from: range.start, to: range.end }),
      shown: shownBy(world),
      fail: (failure, times) => server.faults.failNext(KINDS[failure], times),
      requests: () => server.requests.totals.requests,
    }),
  ),
);

describeSource('a list in memory', withListSource);
