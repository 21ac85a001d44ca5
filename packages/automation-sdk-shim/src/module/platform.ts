import type { Values } from '../configuration/values.js';

/** How the module reaches the platform. Members are absent where the module is run by hand. */
export interface Platform {
  readonly token: string | undefined;
  readonly urlCallback: string | undefined;
  readonly urlLogs: string | undefined;
  readonly urlSecrets: string | undefined;
}

/** @throws ConfigurationError where a file is there but cannot be read */
export function readPlatform(values: Values): Platform {
  const callback = values.text('url_callback');
  const derived = (last: string) => callback?.replaceAll('/callback', last);
  return {
    token: values.text('token'),
    urlCallback: callback,
    urlLogs: values.text('url_logs') ?? derived('/logs'),
    urlSecrets: values.text('url_secrets') ?? derived('/secrets'),
  };
}
