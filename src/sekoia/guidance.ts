import type { Api } from '../microsoft/clouds.js';
import type { Guidance } from '../microsoft/classify-response.js';

/** What an operator does when an API refuses, in terms of the settings of the trigger: by who asks, and which API. */

const retired =
  'If it is right, Microsoft has retired the Reporting Web Service for the tenant, as it does everywhere: message traces are on Microsoft Graph then.';
const clouds =
  'Check api_url. It is https://graph.microsoft.com/v1.0 in the global cloud; Graph has no message traces in US Government L4 and L5 and in China: set api to reporting_web_service there.';
/** Seen in a US Government tenant: 403 UnknownError without a message. */
const otherCloud =
  'If the tenant is in a national cloud (US Government, China), no permission helps, as Graph has no message traces there and answers 403 UnknownError: set api to reporting_web_service, and api_url and authority_url for that cloud.';
const signInScenarios =
  'Add the settings client_id (an application in Entra ID that allows public client flows) and, unless it is the domain of account_name, tenant_id: then the account signs in through Entra ID, and Microsoft Graph is read. ' +
  'Or use the trigger "Message Trace (Microsoft Graph)", which needs no account.';

export const accountByPassword: Guidance = {
  mayLock: true,
  refused:
    'Check account_name and account_password, and that the account has the Reports reader role and may read message traces; ' +
    "the account's sign-in logs in Azure tell why it was refused. " +
    `If HTTP Basic is switched off in your tenant, or Microsoft has retired the Reporting Web Service for it, no password will help. ${signInScenarios}`,
  absent: `Check api_url. ${retired} ${signInScenarios}`,
};

export const accountByToken: Record<Api, Guidance> = {
  graph: {
    refused:
      'In Entra ID, give the application of client_id the delegated permission ExchangeMessageTrace.Read.All of Microsoft Graph with admin consent, and the account a role that may read message traces, such as Exchange administrator or Global Reader; check that api_url and authority_url belong to the same cloud. ' +
      otherCloud,
    absent: clouds,
  },
  reporting_web_service: {
    refused:
      'In Entra ID, give the application of client_id the delegated permission ReportingWebService.Read of Office 365 Exchange Online with admin consent, and the account a role such as Security Reader or Global Reader. Or set api to graph.',
    absent: `Check api_url. ${retired} Set api to graph.`,
  },
};

export const application: Record<Api, Guidance> = {
  graph: {
    refused:
      'In Entra ID, give the application the application permission ExchangeMessageTrace.Read.All of Microsoft Graph with admin consent; check that api_url and authority_url belong to the same cloud. ' +
      otherCloud,
    absent: clouds,
  },
  reporting_web_service: {
    refused:
      'In Entra ID, give the application the application permission ReportingWebService.Read.All of Office 365 Exchange Online with admin consent, and a role such as Security Reader or Global Reader. Or set api to graph.',
    absent: `Check api_url. ${retired} Set api to graph.`,
  },
};

/** Azure hands out the same token for up to a day: what is permitted meanwhile shows late. */
const lateTokens = 'Azure may hand out its old token for up to 24 hours, so that a new permission shows late.';
const assignRole = (permission: string, api: string) =>
  `Assign the application permission ${permission} of ${api} to the managed identity: its enterprise application has no page for that, PowerShell has New-MgServicePrincipalAppRoleAssignment. ${lateTokens}`;

export const managedIdentity: Record<Api, Guidance> = {
  graph: {
    refused: `${assignRole('ExchangeMessageTrace.Read.All', 'Microsoft Graph')} ${otherCloud}`,
    absent: clouds,
  },
  reporting_web_service: {
    refused: `${assignRole('ReportingWebService.Read.All', 'Office 365 Exchange Online')} Give it a role such as Security Reader or Global Reader, too. Or set api to graph.`,
    absent: `Check api_url. ${retired} Set api to graph.`,
  },
};
