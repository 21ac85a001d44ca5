const secondFactor =
  'which a service cannot give: let the policy in Entra ID except the account, or use the trigger "Message Trace (Microsoft Graph)", which signs in as an application.';
const otherCloud =
  'The tenant is in another cloud: correct authority_url and api_url, for example https://login.microsoftonline.us for US Government.';
const federatedCredentials = 'in Entra ID, open the application, Certificates & secrets, Federated credentials';

/**
 * What an operator does about an error of Entra ID, by its code. After these, asking again soon is of no use, and with
 * a wrong password it does harm. Source: Microsoft's reference of Entra authentication error codes.
 */
const guidance: Readonly<Record<number, string>> = {
  50034: 'There is no such account in the tenant: correct account_name, or tenant_id.',
  50053:
    'The account is locked after too many wrong passwords: find out who else uses it, correct account_password, and wait until it is unlocked.',
  50055: 'The password has expired: give the account one that does not expire, and put it into account_password.',
  50057: 'The account is disabled: enable it in Entra ID, or give another one.',
  50059: 'The tenant is not named: give tenant_id.',
  50072: `The account must enrol in multi-factor authentication, ${secondFactor}`,
  50074: `The account must answer a second factor, ${secondFactor}`,
  50076: `The account must answer a second factor, ${secondFactor}`,
  50079: `The account must enrol in multi-factor authentication, ${secondFactor}`,
  50126: 'Name or password is wrong: correct account_name and account_password.',
  50144: 'The password has expired in Active Directory: renew it, and put it into account_password.',
  53003:
    'Conditional Access blocks the sign-in: let the policy in Entra ID except it, from where this module runs, or sign in as an application.',
  65001:
    'Consent is missing: in Entra ID, open the application, API permissions, add the delegated permission (ExchangeMessageTrace.Read.All for Microsoft Graph, ReportingWebService.Read for the Reporting Web Service), and grant admin consent.',
  70021: `No federated credential of the application fits the token file: ${federatedCredentials}, and give one the issuer, subject and audience of the token, letter by letter. A new one works after some minutes.`,
  90002: 'There is no such tenant: correct tenant_id; in a national cloud also authority_url.',
  90038: otherCloud,
  90061:
    'Entra ID cannot reach the issuer of the token file: its address must answer from the Internet with /.well-known/openid-configuration.',
  500011: 'The tenant does not know this API: correct api_url for its cloud, or token_scope.',
  530032:
    "The tenant's security policy blocks the sign-in: let an administrator except it, or sign in as an application.",
  700016:
    'The tenant has no such application: correct client_id (the Application ID, not the Object ID) and tenant_id, and see that an administrator has consented to the application.',
  700023: 'What the application signed is meant for another tenant or cloud: correct tenant_id and authority_url.',
  700024:
    'The clock of this machine is wrong by minutes, or the token file is too old: set the clock right, for example by NTP, and see that the file is renewed.',
  700027:
    'The certificate is not registered with the application, or has ended: upload it there under Certificates & secrets, or correct client_certificate.',
  700211: `No federated credential of the application has the issuer of the token file: ${federatedCredentials}, and correct the issuer, letter by letter.`,
  700212: `No federated credential of the application has the audience of the token file: ask for a token with the audience api://AzureADTokenExchange, or, ${federatedCredentials}, and correct the audience.`,
  700213: `No federated credential of the application has the subject of the token file: ${federatedCredentials}, and correct the subject, such as system:serviceaccount:<namespace>:<name>, letter by letter.`,
  900432: otherCloud,
  7000215:
    'The client secret is wrong: client_secret must be its Value, not its Secret ID. Entra ID shows the value only once; where it is lost, make a new one.',
  7000216: 'Nothing proved who signs in: give one of client_secret, client_certificate and federated_token_file.',
  7000218:
    'The application takes no account without a secret: in Entra ID, open the application, Authentication, and allow public client flows.',
  7000222:
    'The client secret has expired: make a new one under Certificates & secrets, and put its Value into client_secret.',
  7000272:
    "The token file is signed with a key that its issuer does not publish: name a token of the issuer that the federated credential has, and see that the issuer's /.well-known/openid-configuration leads to its present keys.",
  7002138: `No federated credential of the application has the subject of the token file in the same upper and lower case: ${federatedCredentials}, and correct the subject.`,
};

const passing: ReadonlySet<number> = new Set([50087, 90024, 90033, 90055]);

/** `AADSTS50126: Error validating …` → 50126. */
export function aadstsCode(text: string): number | undefined {
  const digits = /AADSTS(\d{4,8})/.exec(text)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** Whether the error passes by itself. */
export function isPassing(code: number): boolean {
  return passing.has(code);
}

/** What the operator does about it. */
export function guidanceFor(code: number | undefined): string {
  const known = code === undefined ? undefined : guidance[code];
  return (
    known ??
    "Check tenant_id, client_id and what proves who signs in; the application's sign-in logs in Entra ID tell more."
  );
}
