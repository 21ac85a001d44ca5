import { pipeline, Readable, Transform } from 'node:stream';
import type { S3Client } from '@aws-sdk/client-s3';
import { MAX_OBJECT_BYTES, MAX_STORAGE_RESPONSE_BYTES } from '../../budgets.js';

/** The storage answered more than can be held. `code` is what `storageFailure` tells. */
class ResponseTooLargeError extends Error {
  override readonly name = 'AnswerTooLargeError';
  readonly code = 'AnswerTooLarge';
}

/** Makes a client give up answers beyond the budget while they come: by itself the library reads them to their end. */
export function boundResponses(client: S3Client): void {
  client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        const result = await next(args);
        const response = result.response as { body?: unknown };
        const max = commandName === 'GetObjectCommand' ? MAX_OBJECT_BYTES : MAX_STORAGE_RESPONSE_BYTES;
        if (response.body instanceof Readable) response.body = bounded(response.body, max);
        return result;
      },
    { step: 'deserialize', priority: 'low' },
  );
}

function bounded(body: Readable, max: number): Readable {
  let bytes = 0;
  const counted = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      bytes += chunk.length;
      if (bytes > max) done(new ResponseTooLargeError(`more than ${max} bytes`));
      else done(null, chunk);
    },
  });
  // An error of either destroys both, and is thrown where the answer is read.
  pipeline(body, counted, () => undefined);
  return counted;
}
