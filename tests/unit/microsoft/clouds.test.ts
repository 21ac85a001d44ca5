import { describe, expect, test } from '@jest/globals';
import { addressOf, portalAt, scopeOf, type Api } from '../../../src/microsoft/clouds.js';

const graph = 'https://graph.microsoft.com/v1.0';
const reports = 'https://reports.office365.com/ecp/reportingwebservice/reporting.svc';

describe('the address of an API', () => {
  test.each<[Api, string, string]>([
    ['graph', reports, graph],
    ['reporting_web_service', graph, reports],
    ['graph', graph, graph],
    ['reporting_web_service', reports, reports],
    ['graph', 'https://graph.microsoft.us/v1.0', 'https://graph.microsoft.us/v1.0'],
    ['graph', 'https://microsoftgraph.chinacloudapi.cn/v1.0', 'https://microsoftgraph.chinacloudapi.cn/v1.0'],
    [
      'reporting_web_service',
      'https://reports.office365.us/ecp/reportingwebservice/reporting.svc',
      'https://reports.office365.us/ecp/reportingwebservice/reporting.svc',
    ],
    ['graph', 'http://127.0.0.1:8365/v1.0', 'http://127.0.0.1:8365/v1.0'],
  ])('%s, with %s in the form, is %s', (api, configured, address) => {
    expect(addressOf(api, configured)).toBe(address);
  });
});

describe('the scope of a token', () => {
  test.each<[string, Api, string, string]>([
    ['the global cloud', 'graph', graph, 'https://graph.microsoft.com/.default'],
    ['US Government', 'graph', 'https://graph.microsoft.us/v1.0', 'https://graph.microsoft.us/.default'],
    [
      'China',
      'graph',
      'https://microsoftgraph.chinacloudapi.cn/v1.0/',
      'https://microsoftgraph.chinacloudapi.cn/.default',
    ],
    ['the global cloud', 'reporting_web_service', reports, 'https://outlook.office365.com/.default'],
    [
      'US Government',
      'reporting_web_service',
      'https://reports.office365.us/ecp/reportingwebservice/reporting.svc',
      'https://outlook.office365.us/.default',
    ],
  ])('of %s for %s at %s is %s', (_cloud, api, apiUrl, scope) => {
    expect(scopeOf(api, apiUrl)).toBe(scope);
  });

  test.each([
    'http://127.0.0.1:8365/v1.0',
    'http://127.1.2.3/v1.0',
    'http://localhost:80/v1.0',
    'http://[::1]:8365/v1.0',
  ])('of a stand-in at %s is that of the global cloud', (apiUrl) => {
    expect(scopeOf('graph', apiUrl)).toBe('https://graph.microsoft.com/.default');
    expect(scopeOf('reporting_web_service', apiUrl)).toBe('https://outlook.office365.com/.default');
  });

  test.each(['https://127.example.com/v1.0', 'https://localhost.example.com/v1.0'])(
    'of a host that is merely named like one on loopback, %s, is its own',
    (apiUrl) => {
      expect(scopeOf('graph', apiUrl)).toBe(`${new URL(apiUrl).origin}/.default`);
    },
  );
});

test.each([
  [graph, 'https://security.microsoft.com'],
  [reports, 'https://security.microsoft.com'],
  ['http://127.0.0.1:8365/v1.0', 'https://security.microsoft.com'],
  ['https://graph.microsoft.us/v1.0', 'https://security.microsoft.us'],
  ['https://dod-graph.microsoft.us/v1.0', 'https://security.apps.mil'],
  ['https://webmail.apps.mil/ecp/reportingwebservice/reporting.svc', 'https://security.apps.mil'],
  ['https://microsoftgraph.chinacloudapi.cn/v1.0', undefined],
])('the portal in the cloud of %s is %s', (apiUrl, portal) => {
  expect(portalAt(apiUrl)).toBe(portal);
});
