import { describe, expect, test } from '@jest/globals';
import { insteadOf } from '../../../src/microsoft/sign-in/token.js';

const application = { claim: 'roles', name: 'ExchangeMessageTrace.Read.All' } as const;
const account = { claim: 'scp', name: 'ReportingWebService.Read' } as const;
const aud = 'https://graph.microsoft.com';

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const token = (claims: unknown) => `${part({ alg: 'RS256', typ: 'JWT' })}.${part(claims)}.c2lnbmF0dXJl`;

describe('a token', () => {
  test.each([
    [
      'of an application with it among others',
      application,
      { aud, roles: ['User.Read.All', application.name] },
      undefined,
    ],
    ['that spells it otherwise', application, { aud, roles: ['exchangemessagetrace.read.all'] }, undefined],
    ['of an application with another one', application, { aud, roles: ['User.Read.All'] }, 'User.Read.All'],
    ['of an application without any', application, { aud }, 'no permission at all'],
    ['of an account, whose are words', account, { aud, scp: 'openid ReportingWebService.Read' }, undefined],
    [
      'of an account with a longer one',
      account,
      { aud, scp: 'ReportingWebService.Read.All' },
      'ReportingWebService.Read.All',
    ],
    ['whose roles are no texts', application, { aud, roles: [1, null, {}] }, 'no permission at all'],
    ['with strange characters', application, { aud, roles: ['a\nb\u202e'] }, 'a b'],
  ])('%s', (_, wanted, claims, held) => {
    expect(insteadOf(wanted, token(claims))).toBe(held);
  });

  test.each([
    'opaque',
    '',
    'a.b.c',
    token([]),
    token('text'),
    token({ roles: [] }),
    `${token({ aud })}.x.y`,
    `x${token({ aud })}`,
  ])('that does not tell is not judged: %#', (text) => {
    expect(insteadOf(application, text)).toBeUndefined();
  });
});
