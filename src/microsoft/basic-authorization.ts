import type { Authorization } from './authorization.js';

/** HTTP Basic, as the Reporting Web Service takes it. The same for ever. */
export class BasicAuthorization implements Authorization {
  readonly value: string;

  constructor(accountName: string, accountPassword: string) {
    this.value = `Basic ${Buffer.from(`${accountName}:${accountPassword}`, 'utf8').toString('base64')}`;
  }

  header(): Promise<string> {
    return Promise.resolve(this.value);
  }

  discard(): boolean {
    return false;
  }
}
