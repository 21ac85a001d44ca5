import { echoFaults, type EchoFault } from '../faults/echo-faults.js';
import { isTransportFault, transportFault, transportFaults, type TransportFault } from '../faults/transport-faults.js';
import { jsonResponse, type Response } from '../http/answer.js';
import { aadstsCodes, type AadstsCode } from './aadsts.js';
import type { TokenServiceOptions } from './options.js';
import { aadstsWording, type ErrorContext } from './wording.js';

/** A refusal with that code of Entra ID, such as `aadsts-50126`. */
export type AadstsFault = `aadsts-${AadstsCode}`;

/** Refusals without a code, and answers that are neither a token nor an error. */
const ownFaults = ['temporarily-unavailable', 'no-fields-200', 'no-fields-400'] as const;

type OwnFault = (typeof ownFaults)[number];

export type TokenFault = TransportFault | EchoFault | OwnFault | AadstsFault;

export const tokenFaults: readonly TokenFault[] = [
  ...transportFaults,
  ...echoFaults,
  ...ownFaults,
  ...aadstsCodes.map(aadstsFault),
];

export function aadstsFault(code: AadstsCode): AadstsFault {
  return `aadsts-${code}`;
}

export interface FaultContext {
  readonly options: TokenServiceOptions;
  readonly error: ErrorContext;
  readonly due: () => Response;
}

export function faultResponse(kind: Exclude<TokenFault, EchoFault>, { options, error, due }: FaultContext): Response {
  if (isTransportFault(kind)) return transportFault(kind, due, error.nowMs, options);
  const code = aadstsCodes.find((candidate) => kind === aadstsFault(candidate));
  return code === undefined ? ownFault(kind as OwnFault) : aadstsWording(code, error);
}

function ownFault(kind: OwnFault): Response {
  switch (kind) {
    case 'temporarily-unavailable':
      return jsonResponse(400, {
        error: 'temporarily_unavailable',
        error_description: 'The server is temporarily too busy to handle the request.',
      });
    case 'no-fields-200':
      return jsonResponse(200, {});
    case 'no-fields-400':
      return jsonResponse(400, { message: 'The request could not be understood.' });
  }
}
