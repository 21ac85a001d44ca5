import { CodedError } from '../errors.js';

/** What is kept cannot be read or written now. The message says why and ends with what the operator should do. */
export class StoreError extends CodedError {
  override readonly name = 'StoreError';
  override readonly code = 'SDK-STORE';
}
