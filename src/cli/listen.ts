import type { Server } from 'node:http';
import { UserError } from './errors.ts';
import type { ListenOptions } from './verbs/listen-options.ts';

/** An error of a server that goes on is told at most this often, milliseconds. */
const tellingMs = 10_000;

/**
 * Starts listening.
 *
 * @param onError told of connections that cannot be taken later, as when descriptors have run out;
 * the server goes on.
 * @returns the port, which is another than asked for when that was 0.
 * @throws UserError when the port cannot be had.
 */
export async function listen(
  server: Server,
  { port, bind }: ListenOptions,
  onError: (error: Error) => void = () => undefined,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(explain(error, { port, bind }));
    server.once('error', failed);
    server.listen({ port, host: bind }, () => {
      server.off('error', failed);
      server.on('error', seldom(onError));
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}

/** An error that lasts comes with every turn of the event loop. */
function seldom(tell: (error: Error) => void): (error: Error) => void {
  let toldMs = -Infinity;
  return (error) => {
    const nowMs = performance.now();
    if (nowMs - toldMs < tellingMs) return;
    toldMs = nowMs;
    tell(error);
  };
}

function explain(error: NodeJS.ErrnoException, { port, bind }: ListenOptions): Error {
  switch (error.code) {
    case 'EADDRINUSE':
      return new UserError(
        `port ${port} is in use by another program; choose another with --port N.`,
      );
    case 'EACCES':
      return new UserError(
        `port ${port} is not allowed here; choose one above 1023 with --port N.`,
      );
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UserError(`${bind} is no address of this machine; choose another with --bind.`);
    default:
      return error;
  }
}
