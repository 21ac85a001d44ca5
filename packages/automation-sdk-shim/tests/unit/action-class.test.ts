import { describe, expect, test } from '@jest/globals';
import { ConfigurationError } from '../../src/errors.js';
import { HttpClient } from '../../src/http/http-client.js';
import { Action, type ActionContext } from '../../src/module/action.js';
import { finishedText } from '../../src/module/run-action.js';
import { Module } from '../../src/module/module.js';
import { Redactor } from '../../src/log/redactor.js';
import { recordedLog } from '../support/recorded-log.js';
import { never } from '../support/stores.js';

interface Arguments {
  readonly sender: string;
  readonly limit: number;
}

interface Results {
  readonly senders: readonly string[];
  readonly by: string;
}

interface Account {
  readonly tenant: string;
}

/** As an action is written: everything typed, nothing of the contract repeated. */
class Search extends Action<Arguments, Results, Account> {
  override async run({ sender, limit }: Arguments, signal: AbortSignal): Promise<Results> {
    signal.throwIfAborted();
    if (limit > 5) throw new ConfigurationError('"limit" must be 5 at most.');
    const senders = await Promise.resolve(Array<string>(limit).fill(sender));
    this.setOutput('found', senders.length > 0);
    this.setOutput('not_found', senders.length === 0);
    if (senders.length === 0) this.error(`${this.configuration.tenant} has no such sender.`);
    return { senders, by: this.http.userAgent };
  }
}

function context(redactor = new Redactor()): ActionContext {
  const http = new HttpClient({ userAgent: 'sekoiaio-module/test-1.0.0' });
  const files = () => {
    throw new Error('no file is used here');
  };
  return { moduleSettings: { tenant: 'contoso' }, log: recordedLog().log, http, redactor, files };
}

describe('the class of an action', () => {
  test('has outputs and an error once it was run, and can be registered', async () => {
    const [found, missing] = [new Search(context()), new Search(context())];
    expect(await found.run({ sender: 'a@b.example', limit: 1 }, never)).toEqual({
      senders: ['a@b.example'],
      by: 'sekoiaio-module/test-1.0.0',
    });
    expect([found.outputs, found.errorMessage]).toEqual([{ found: true, not_found: false }, undefined]);
    await missing.run({ sender: 'a@b.example', limit: 0 }, never);
    expect([missing.outputs, missing.errorMessage]).toEqual([
      { found: false, not_found: true },
      'contoso has no such sender.',
    ]);
    new Module({ root: new URL('./', import.meta.url) }).register(Search, 'search');
  });
});

describe('the report of an action', () => {
  const redactor = new Redactor();
  redactor.add('the-secret');

  test.each([
    [{}, '{"status":"finished"}'],
    [{ results: null, error: '', outputs: {} }, '{"status":"finished"}'],
    [{ results: {} }, '{"status":"finished","results":{}}'],
    [{ results: [] }, '{"status":"finished","results":[]}'],
    [
      {
        results: { a: 'is the-secret', 'the-secret': 1 },
        error: 'the-secret',
        logs: 'the-secret\n',
        outputs: { a: true },
      },
      '{"status":"finished","results":{"a":"is ***","***":1},"error":"***","logs":"***\\n","outputs":{"a":true}}',
    ],
    [
      { results: { when: new Date(0), none: undefined } },
      '{"status":"finished","results":{"when":"1970-01-01T00:00:00.000Z"}}',
    ],
  ])('%j has the members that the SDK sends, in its order', (report, text) => {
    expect(finishedText(report, redactor)).toBe(text);
  });

  test('loses results that are not JSON, and says so instead of another error', () => {
    const report = { results: { n: 1n }, error: 'another', logs: 'kept\n', outputs: { a: true } };
    expect(JSON.parse(finishedText(report, redactor))).toEqual({
      status: 'finished',
      error: expect.stringMatching(
        /^The results of the action are not JSON \(TypeError: .*BigInt.*\)\. Please report it\.$/,
      ),
      logs: 'kept\n',
      outputs: { a: true },
    });
  });
});
