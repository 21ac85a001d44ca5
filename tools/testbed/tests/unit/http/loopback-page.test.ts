import { expect, test } from '@jest/globals';
import { comesFromLoopbackPage } from '../../../src/http/loopback-server.js';

test.each([
  ['a program', { host: '127.0.0.1:8000' }, true],
  ['a program that names the machine', { host: 'localhost:8000' }, true],
  ['a program over IPv6', { host: '[::1]:8000' }, true],
  ['a page of loopback', { host: '127.0.0.1:8000', origin: 'http://localhost:9000' }, true],
  ['a page of elsewhere', { host: '127.0.0.1:8000', origin: 'https://example.com' }, false],
  ['a page whose name only begins like loopback', { host: 'localhost.example.com:8000' }, false],
  ['a page whose name was pointed to loopback', { host: 'example.com', origin: 'http://example.com' }, false],
  ['a page without an origin of its own', { host: '127.0.0.1', origin: 'null' }, false],
  ['a program that names no host', {}, false],
])('%s: %j is let through: %s', (_who, headers, letThrough) => {
  expect(comesFromLoopbackPage(headers)).toBe(letThrough);
});
