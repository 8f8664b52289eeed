import { isErrorCode } from '../../../units/index.ts';

/** Whether a connection was closed, or could not be made: the request may have been taken, or not. */
export function isLostConnection(error: unknown): boolean {
  return isErrorCode(
    error,
    'UND_ERR_SOCKET',
    'UND_ERR_CONNECT_TIMEOUT',
    'ECONNRESET',
    'ECONNREFUSED',
    'EPIPE',
  );
}
