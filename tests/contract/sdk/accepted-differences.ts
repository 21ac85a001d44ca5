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
    shim: /^sekoiaio-module\/probe-x\.y\.z$/,
    reason: 'The intake key is a secret: it does not belong in a header that proxies log.',
  },
  {
    field: /: header user-agent$/,
    sdk: /^python-requests\/x\.y\.z$/,
    shim: /^sekoiaio-module\/probe-x\.y\.z$/,
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
];
