import type { SecureContextOptions } from 'node:tls';
import type { Values } from '../../configuration/values.js';
import { ConfigurationError } from '../../errors.js';
import type { Hide } from '../../log/hide.js';

/** Where the object storage is and how to be let in, as the platform's values say. */
export interface StorageSettings {
  readonly bucket: string;
  readonly region: string;
  /** Undefined for Amazon's own. */
  readonly endpoint: string | undefined;
  /** Whether what is kept, which tells who mailed whom, leaves the machine unencrypted. */
  readonly isPlain: boolean;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  /** Certificates in PEM: whom to trust, and who the module is. */
  readonly tls: SecureContextOptions;
}

const REQUIRED = ['aws_bucket_name', 'aws_default_region', 'aws_access_key_id', 'aws_secret_access_key'] as const;
const SECRET = ['aws_access_key_id', 'aws_secret_access_key', 'aws_session_token', 'client_key'];

/** @throws ConfigurationError with everything that is wrong; it never quotes a value */
export function readStorageSettings(values: Values, hide: Hide): StorageSettings {
  const secrets = SECRET.map((name) => ({ name, value: values.text(name) }));
  for (const { name, value } of secrets) if (value !== undefined) hide(name, value);

  const endpoint = values.text('aws_s3_endpoint_url');
  const [clientCert, clientKey] = [values.text('client_cert'), values.text('client_key')];
  const problems = [
    ...REQUIRED.filter((name) => values.text(name) === undefined).map(
      (name) => `"${name}" is missing: "file_backend" S3 needs it. Give it as ${values.places(name)}.`,
    ),
    ...(endpoint === undefined || isUsableEndpoint(endpoint)
      ? []
      : ['"aws_s3_endpoint_url" must be an https:// or http:// address without user name and password.']),
    ...((clientCert === undefined) === (clientKey === undefined)
      ? []
      : ['"client_cert" and "client_key" must be given together.']),
  ];
  if (problems.length > 0) throw new ConfigurationError(problems.join(' '));

  const [bucket = '', region = '', accessKeyId = '', secretAccessKey = ''] = REQUIRED.map((name) => values.text(name));
  const sessionToken = values.text('aws_session_token');
  const ca = values.text('ca_cert');
  return {
    bucket,
    region,
    endpoint,
    isPlain: endpoint !== undefined && isPlain(new URL(endpoint)),
    credentials: { accessKeyId, secretAccessKey, ...(sessionToken !== undefined && { sessionToken }) },
    tls: {
      ...(ca !== undefined && { ca }),
      ...(clientCert !== undefined && clientKey !== undefined && { cert: clientCert, key: clientKey }),
    },
  };
}

function isUsableEndpoint(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return username === '' && password === '' && (protocol === 'https:' || protocol === 'http:');
}

function isPlain({ protocol, hostname }: URL): boolean {
  const isLoopback = hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d+){3}$/.test(hostname);
  return protocol === 'http:' && !isLoopback;
}
