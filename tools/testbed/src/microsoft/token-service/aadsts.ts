/**
 * The errors of Entra ID that a collector may meet: `error` and the text of `error_description` as they are documented
 * or have been reported, with the HTTP status. `{tenant}` and `{client}` stand for what the request named.
 */
const errors = {
  50013: [401, 'invalid_client', 'Assertion failed: its identifier has been used before.'],
  50027: [400, 'invalid_request', 'JWT token is invalid or malformed.'],
  50034: [400, 'invalid_grant', 'The user account does not exist in the {tenant} directory.'],
  50053: [
    400,
    'invalid_grant',
    "The account is locked, you've tried to sign in too many times with an incorrect user ID or password.",
  ],
  50055: [400, 'invalid_grant', 'The password is expired.', 'user_password_expired'],
  50057: [400, 'invalid_grant', 'The user account is disabled.'],
  50059: [
    400,
    'invalid_request',
    'No tenant-identifying information found in either the request or implied by any provided credentials.',
  ],
  50072: [
    400,
    'interaction_required',
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication.',
    'basic_action',
  ],
  50074: [400, 'interaction_required', 'Strong Authentication is required.', 'basic_action'],
  50076: [
    400,
    'invalid_grant',
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must use multi-factor authentication.',
    'basic_action',
  ],
  50079: [
    400,
    'invalid_grant',
    'Due to a configuration change made by your administrator, or because you moved to a new location, you must enroll in multi-factor authentication.',
    'basic_action',
  ],
  50087: [503, 'temporarily_unavailable', 'A transient error has occurred during strong authentication.'],
  50126: [400, 'invalid_grant', 'Error validating credentials due to invalid username or password.'],
  50144: [400, 'invalid_grant', "The user's Active Directory password has expired.", 'user_password_expired'],
  53003: [400, 'invalid_grant', 'Access has been blocked by Conditional Access policies.', 'message_only'],
  65001: [
    400,
    'invalid_grant',
    "The user or administrator has not consented to use the application with ID '{client}'. Send an interactive authorization request for this user and resource.",
    'consent_required',
  ],
  70021: [400, 'invalid_request', 'No matching federated identity record found for presented assertion.'],
  70003: [400, 'unsupported_grant_type', 'The app requested an unsupported grant type.'],
  70011: [400, 'invalid_scope', "The provided value for the input parameter 'scope' is not valid."],
  90002: [
    400,
    'invalid_request',
    "Tenant '{tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud.",
  ],
  90024: [503, 'temporarily_unavailable', 'A transient error has occurred. Please try again.'],
  90033: [503, 'temporarily_unavailable', 'A transient error has occurred. Please try again.'],
  90061: [400, 'invalid_request', 'Request to External OIDC endpoint failed.'],
  90038: [400, 'invalid_request', "Tenant '{tenant}' request being redirected to the National Cloud."],
  90055: [429, 'temporarily_unavailable', 'There are too many incoming requests.'],
  500011: [
    400,
    'invalid_resource',
    'The resource principal named in the scope was not found in the tenant named {tenant}.',
  ],
  530032: [400, 'invalid_grant', "Blocked by security policy of the tenant's administrator.", 'message_only'],
  700016: [
    400,
    'unauthorized_client',
    "Application with identifier '{client}' was not found in the directory '{tenant}'.",
  ],
  700021: [401, 'invalid_client', "Client assertion application identifier doesn't match 'client_id' parameter."],
  700023: [401, 'invalid_client', 'Client assertion audience claim does not match Realm issuer.'],
  700024: [401, 'invalid_client', 'Client assertion is not within its valid time range.'],
  700027: [
    401,
    'invalid_client',
    "The certificate with identifier used to sign the client assertion is not registered on application '{client}'.",
  ],
  700211: [
    401,
    'invalid_client',
    'No matching federated identity record found for presented assertion issuer. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.',
  ],
  700212: [
    401,
    'invalid_client',
    'No matching federated identity record found for presented assertion audience. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.',
  ],
  700213: [
    401,
    'invalid_client',
    'No matching federated identity record found for presented assertion subject. Check your federated identity credential Subject, Audience and Issuer against the presented assertion.',
  ],
  900144: [400, 'invalid_request', 'The request body lacks a parameter that it must contain.'],
  900432: [400, 'invalid_request', 'Confidential Client is not supported in Cross Cloud request.'],
  900561: [400, 'invalid_request', 'The endpoint only accepts POST requests.'],
  1002012: [
    400,
    'invalid_scope',
    'The provided value for scope is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier.',
  ],
  7000215: [
    401,
    'invalid_client',
    "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '{client}'.",
  ],
  7000216: [
    401,
    'invalid_client',
    "'client_assertion', 'client_secret' or 'request' is required for the 'client_credentials' grant type.",
  ],
  7000218: [
    401,
    'invalid_client',
    "The request body must contain the following parameter: 'client_assertion' or 'client_secret'.",
  ],
  7000222: [401, 'invalid_client', "The provided client secret keys for app '{client}' are expired."],
  7000272: [
    401,
    'invalid_client',
    "The certificate used to sign the federated credential could not be found in the metadata of the identity provider. Please validate that your Identity Provider's metadata exposes the key used to sign the incoming token.",
  ],
  7002138: [
    401,
    'invalid_client',
    'No matching federated identity record found for presented assertion subject. Federated identity credentials are matched case-sensitively.',
  ],
  9001023: [
    400,
    'invalid_request',
    'The grant type is not supported over the /common or /consumers endpoints. Please use the /organizations or tenant-specific endpoint.',
  ],
} as const satisfies Record<number, readonly [status: number, error: string, text: string, suberror?: string]>;

export type AadstsCode = keyof typeof errors;

export interface AadstsError {
  readonly status: number;
  readonly error: string;
  readonly text: string;
  /** What kind of interaction would help; undefined for most. */
  readonly suberror: string | undefined;
}

export const aadstsCodes = Object.keys(errors).map(Number) as readonly AadstsCode[];

export function aadstsError(code: AadstsCode): AadstsError {
  const [status, error, text, suberror]: readonly [number, string, string, string?] = errors[code];
  return { status, error, text, suberror };
}

/** A token request is refused with that error. */
export class TokenError extends Error {
  override readonly name = 'TokenRefusal';
  readonly code: AadstsCode;

  constructor(code: AadstsCode) {
    super(`AADSTS${code}`);
    this.code = code;
  }
}
