import type { JsonObject } from '@sekoia/automation-sdk-shim';
import { isDomain, isGuid } from '../settings/directory.js';

export const TENANT = `the tenant's ID, a GUID, or one of its domains such as contoso.onmicrosoft.com`;
export const APPLICATION_ID = `the application's ID, a GUID such as 0f8fad5b-d9cb-469f-a165-70867728950e`;

/**
 * What is wrong with the IDs of tenant and application, where they are given. A secret may have been pasted there: no
 * value is quoted.
 */
export function problemsWithIds({ tenant_id: tenant, client_id: client }: JsonObject): string[] {
  const problems: string[] = [];
  if (typeof tenant === 'string' && !isGuid(tenant) && !isDomain(tenant))
    problems.push(`"tenant_id" (Tenant ID) must be ${TENANT}, not ${sizeOf(tenant)}.`);
  if (typeof client === 'string' && !isGuid(client))
    problems.push(`"client_id" (Client ID) must be ${APPLICATION_ID}, not ${sizeOf(client)}.`);
  return problems;
}

function sizeOf(text: string): string {
  return `a text of ${text.length} character${text.length === 1 ? '' : 's'}`;
}
