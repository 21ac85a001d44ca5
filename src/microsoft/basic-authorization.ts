/** HTTP Basic, as the Reporting Web Service takes it: the value of the Authorization header. */
export function basicAuthorization(accountName: string, accountPassword: string): string {
  return `Basic ${Buffer.from(`${accountName}:${accountPassword}`, 'utf8').toString('base64')}`;
}
