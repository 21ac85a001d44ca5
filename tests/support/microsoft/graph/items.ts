import type { JsonValue } from '../../../../src/model/json.js';
import type { RowContext } from '../../../../src/microsoft/graph/row.js';

/** A complete item of Microsoft Graph's answer, with what a test changes of it. */
export function item(changes: Record<string, JsonValue> = {}): Record<string, JsonValue> {
  return {
    id: '3b4fc661-180d-4c2f-60c9-08da6e38dd10',
    senderAddress: 'alice@contoso.com',
    recipientAddress: 'bob@example.com',
    messageId: '<0001@contoso.com>',
    receivedDateTime: '2022-07-25T12:26:13.24Z',
    subject: 'Invoice',
    size: 1234,
    fromIP: '198.51.100.4',
    toIP: '203.0.113.7',
    status: 'delivered',
    ...changes,
  };
}

export const rowContext: RowContext = {
  range: { start: Date.UTC(2022, 6, 25, 12, 10), end: Date.UTC(2022, 6, 25, 12, 26, 40) },
  organization: 'contoso.onmicrosoft.com',
};
