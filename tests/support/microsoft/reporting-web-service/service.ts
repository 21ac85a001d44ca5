import { startSimulator, type ReportingOptions, type Simulator } from '@local/testbed';
import { BasicAuthorization } from '../../../../src/microsoft/sign-in/authorization.js';
import { MicrosoftClient } from '../../../../src/microsoft/http/client.js';
import { Transport } from '../../../../src/microsoft/http/transport.js';
import { ReportingWebServiceSource } from '../../../../src/microsoft/reporting-web-service.js';
import { outbound } from '../../outbound.js';
import { guidance, emptyWorld, presentMs, RecordingLinks } from '../reading.js';

const account = { accountName: 'trace.reader@example.corp', accountPassword: 'demo-Passw0rd' };

export function sourceAt(apiUrl: string, links?: RecordingLinks): ReportingWebServiceSource {
  const client = new MicrosoftClient(apiUrl, {
    transport: new Transport({ ...outbound, mark: () => () => presentMs }),
    authorization: new BasicAuthorization(account.accountName, account.accountPassword),
  });
  return new ReportingWebServiceSource(apiUrl, client, guidance, links);
}

/** Runs a test on a simulated service whose clock stands still. */
export async function withService(
  options: Partial<ReportingOptions>,
  test: (service: { simulator: Simulator; source: ReportingWebServiceSource; links: RecordingLinks }) => Promise<void>,
): Promise<void> {
  const simulator = await startSimulator({
    world: emptyWorld(),
    options: { ...account, now: () => presentMs, ...options },
  });
  try {
    const links = new RecordingLinks();
    await test({ simulator, source: sourceAt(simulator.apiUrl, links), links });
  } finally {
    await simulator.close();
  }
}
