/**
 * The properties that `$filter` knows besides the time, and how it compares them. Source: Microsoft's pages of the
 * resource exchangeMessageTrace in v1.0.
 */
export type Property =
  'id' | 'messageId' | 'recipientAddress' | 'senderAddress' | 'subject' | 'toIP' | 'fromIP' | 'status';

type Operator = 'eq' | 'contains' | 'startswith' | 'endswith';

/**
 * One condition of a query. A query may hold one for each property, joined by `and`: `or`, `in`, `ne` and a second
 * value of a property are accepted and passed over in silence, as measured on one tenant.
 */
export interface Clause {
  readonly property: Property;
  readonly operator: Operator;
  readonly value: string;
}

/** `senderAddress eq 'o''brien@example.com'`, before it is encoded for an address. */
export function clauseText({ property, operator, value }: Clause): string {
  const literal = textLiteral(value);
  return operator === 'eq' ? `${property} eq ${literal}` : `${operator}(${property}, ${literal})`;
}

/** A text as OData writes it: in single quotes, those within doubled. */
export function textLiteral(value: string): string {
  return `'${value.replaceAll("'", "''")}'`;
}
