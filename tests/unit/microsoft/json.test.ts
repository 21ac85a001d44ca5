import { describe, expect, test } from '@jest/globals';
import { UnavailableError } from '../../../src/model/errors.js';
import { errorText, parseJson } from '../../../src/microsoft/http/json.js';

describe('the text of an error answer', () => {
  test.each([
    ['OData 2', { error: { code: '', message: { lang: 'en-US', value: 'The query is bad.' } } }],
    ['OData 3', { 'odata.error': { code: '', message: { lang: 'en-US', value: 'The query is bad.' } } }],
    ['Graph', { error: { code: 'BadRequest', message: 'The query is bad.', innerError: { date: '2026-01-01' } } }],
    ['a missing permission', { ErrorCode: '', Message: 'The query is bad.' }],
    ['the token service', { error: 'invalid_request', error_description: 'The query is bad.', error_codes: [900144] }],
    ['an error that is a text', { error: 'The query is bad.' }],
  ])('is found in the form of %s', (_form, body) => {
    expect(errorText(JSON.stringify(body))).toBe('The query is bad.');
  });

  test.each([
    ['XML', '<?xml version="1.0"?><m:error xmlns:m="http://x"><m:message>The query is bad.</m:message></m:error>'],
    ['a page', '<!DOCTYPE html>\r\n<html><body>\r\n<p>The\tquery</p>\r\n is   <b>bad.</b></body></html>'],
    [
      'a page with a style and a script',
      '<html><head><style type="text/css">body > p {margin:0}</style><SCRIPT>if (1 > 2) go()</SCRIPT></head>The query is bad.</html>',
    ],
    ['a page with its style in a comment', '<style>\n<!--\nbody{margin:0}\n-->\n</style>\n<h2>The query is bad.</h2>'],
    ['plain text', 'The query\nis bad.\n'],
  ])('is what a person would read of %s, in one line', (_form, body) => {
    expect(errorText(body)).toBe('The query is bad.');
  });

  test.each([[''], [' \r\n '], ['<html></html>'], ['""']])('says so where %j explains nothing', (body) => {
    expect(errorText(body)).toBe('no explanation');
  });

  test('is the next text where the first is empty', () => {
    expect(errorText(JSON.stringify({ error: '', message: 'The query is bad.' }))).toBe('The query is bad.');
  });

  test('is cut where it is long', () => {
    expect(errorText(JSON.stringify({ error: 'bad '.repeat(1000) }))).toHaveLength(300);
  });
});

describe('parsing', () => {
  test('gives the value', () => {
    expect(parseJson('{"value":[1,"x",null]}', 'graph.example')).toEqual({ value: [1, 'x', null] });
  });

  test.each([
    ['', /graph\.example.*an empty answer/],
    [' \n', /an empty answer/],
    ['<html><body>Maintenance</body></html>', /a page of HTML or XML/],
    ['  <?xml version="1.0"?>', /a page of HTML or XML/],
    ['{"value":[{"Subject":"Secret pl', /cut off/],
  ])('%j is no JSON but may be so the next time', (text, message) => {
    expect(() => parseJson(text, 'graph.example')).toThrow(UnavailableError);
    expect(() => parseJson(text, 'graph.example')).toThrow(message);
  });

  test('does not repeat the text of an answer, which is about people, in its error', () => {
    expect(() => parseJson('{"value":[{"Subject":"Secret pl', 'graph.example')).not.toThrow(/Secret/);
  });
});
