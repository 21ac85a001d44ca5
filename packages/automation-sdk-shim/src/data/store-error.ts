/** What is kept cannot be read or written now. The message says why and ends with what the operator should do. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
}
