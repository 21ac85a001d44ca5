import type { Accepted } from './support/compare.js';

const ABSENT = /^absent$/;

/**
 * Where the shim is not like Sekoia's SDK 1.27.0, and why. The first entry that fits a difference explains it. An entry
 * that no longer occurs fails the test.
 */
export const ACCEPTED: readonly Accepted[] = [
  {
    field: /^health\.(?!(last|seconds|error)_)/,
    sdk: ABSENT,
    reason: 'Ours says besides whether and why the module cannot work.',
  },
  {
    field: /: header user-agent$/,
    sdk: /^sekoiaio-connector-the-intake-key$/,
    shim: /^sekoiaio-module\/[a-z0-9-]+-x\.y\.z$/,
    reason: 'The intake key is a secret: it does not belong in a header that proxies log.',
  },
  {
    field: /: header user-agent$/,
    sdk: /^python-requests\/x\.y\.z$/,
    shim: /^sekoiaio-module\/[a-z0-9-]+-x\.y\.z$/,
    reason: 'The name of the module says more than that of the HTTP library.',
  },
  {
    field: /: header accept$/,
    sdk: /^\*\/\*$/,
    shim: /^application\/json$/,
    reason: 'Both get JSON. Ours asks for it.',
  },
  {
    field: /batch \d: header content-encoding$/,
    sdk: ABSENT,
    shim: /^gzip$/,
    reason: 'Ours compresses events, as Sekoia’s documentation of the intake allows.',
  },
  {
    field: /^(secrets are asked for|secrets come before all else|GET \/secrets 1: header [a-z-]+)$/,
    shim: ABSENT,
    reason: 'Without secrets in card or manifest there is nothing to ask for.',
  },
  {
    scenario: /^node_value of a connector$/,
    field: /^POST \/callback 1: body\.event\.settings\.password$/,
    sdk: /^"\*{5}"$/,
    shim: /^"the-password"$/,
    reason: 'The SDK ignores node_value for connectors and sends the placeholder to the service.',
  },
  {
    field: /^log: form of the dates$/,
    sdk: /^0000-00-00T00:00:00\.000000$/,
    shim: /^0000-00-00T00:00:00\.000$/,
    reason: 'The clock of JavaScript has milliseconds.',
  },
  {
    field: /^health\.last_(events_time|heartbeat)$/,
    sdk: /T00:00:00\.000000$/,
    shim: /T00:00:00\.000$/,
    reason: 'The clock of JavaScript has milliseconds.',
  },
  {
    field: /^log: debug entries$/,
    shim: ABSENT,
    reason: 'Debug lines are for developers: they stay on standard error, where they are switched on.',
  },
  {
    scenario: /^(secrets 503 twice|callback 503 once)$/,
    field: /^log: error entries besides the probe's$/,
    sdk: /^1$/,
    shim: /^0$/,
    reason: 'One failed try that is repeated is no error for the operator.',
  },
  {
    scenario: /^(wrong|no) settings$/,
    field: /^log: error entries besides the probe's$/,
    sdk: /^1$/,
    shim: /^0$/,
    reason: 'The SDK says what is wrong in an entry of its own. Ours says it in the critical entry.',
  },
  {
    scenario: /^no settings$/,
    field: /^log: critical entries besides the probe's$/,
    sdk: /^0$/,
    shim: /^1$/,
    reason: 'The SDK takes missing settings for a passing error and starts again without a pause. A person must act.',
  },
  {
    field: /^POST \/batch \d: number of events$/,
    scenario: /^several chunks for the intake$/,
    reason: 'The SDK counts characters before JSON escapes them. Ours counts the bytes of the request.',
  },
  {
    field: /^metric symphony_module_common_\w+: label intake_key$/,
    sdk: /^the-intake-key$/,
    shim: /^[0-9a-f]{12}$/,
    reason: 'The intake key is a secret. A hash of it tells intakes apart as well.',
  },
  {
    field: /^metric symphony_module_common_\w+_created: /,
    shim: ABSENT,
    reason: 'The Python library adds the time at which a metric was made. Nothing reads it.',
  },
  {
    field: /^metric symphony_module_intake_/,
    sdk: ABSENT,
    reason: 'Metrics of our own.',
  },
  {
    field: /^context\.json: text$/,
    reason: 'Ours is indented for people. The JSON is the same.',
  },
  {
    field: /^PATCH \/callback \d: logs: form of the dates$/,
    sdk: /^0000-00-00 00:00:00\.000000$/,
    shim: /^0000-00-00 00:00:00\.000$/,
    reason: 'The clock of JavaScript has milliseconds.',
  },
  {
    field: /^PATCH \/callback 2: body\.error$/,
    sdk: /^"An unexpected error occurred: Traceback/,
    shim: /^"(The action failed \(|.* \[SDK-[A-Z]+\]"$)/,
    reason: 'The SDK hands over a stack trace. Ours says what to do. The stack stays on standard error.',
  },
  {
    field: /^PATCH \/callback 2: body\.error$/,
    sdk: /^"Results are invalid: /,
    shim: /^"The action returned a string where an object was expected\./,
    reason: 'The SDK quotes the results, which may be long.',
  },
  {
    scenario: /argument|throws/,
    field: /^PATCH \/callback 2: logs: entries besides the probe's$/,
    sdk: ABSENT,
    shim: /^error$/,
    reason: 'The SDK hands over the error alone. Ours logs it too, as every error.',
  },
  {
    scenario: /argument/,
    field: /^PATCH \/callback 2: logs: last character$/,
    sdk: ABSENT,
    reason: 'The SDK hands over the error alone. Ours logs it too, as every error.',
  },
  {
    scenario: /^the callback 500 once/,
    field: /^PATCH \/callback [34]: logs: (entries besides the probe's|last character)$/,
    shim: ABSENT,
    reason: 'One failed try that is repeated is no error for the playbook’s author.',
  },
  {
    field: /^PATCH \/callback 2: body\.results\.module\.api_secret$/,
    sdk: /^"the-api-secret"$/,
    shim: /^"\*{3}"$/,
    reason: 'Results are shown in the playbook. Secrets are replaced in all that leaves.',
  },
  {
    scenario: /^the callback 413 at the end$/,
    field: /^(exit code|requests in order|PATCH \/callback 3: .*)$/,
    reason:
      'After 413 the SDK ends, and the playbook waits for its limit. Ours reports an error instead of the results.',
  },
  {
    scenario: /^SIGTERM during an action$/,
    field: /^(exit code|requests in order|PATCH \/callback 2: .*)$/,
    reason: 'The SDK dies of the signal without a word. Ours reports that the action was stopped.',
  },
];
