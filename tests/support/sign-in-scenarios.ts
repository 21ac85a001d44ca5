import { EXAMPLE_IDENTITIES, signInScenarios, type SignInScenarioName } from '@local/testbed';

export const { account, application, organization, domain, intakeKey, token } = EXAMPLE_IDENTITIES;

/** For `describe.each`. */
export const signInScenarioNames = Object.keys(signInScenarios) as SignInScenarioName[];
