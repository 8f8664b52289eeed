import type { Server } from 'node:http';
import { UserError } from './errors.ts';
import type { ListenOptions } from './verbs/listen-options.ts';

/**
 * Starts listening.
 *
 * @returns the port, which is another than asked for when that was 0.
 * @throws UserError when the port cannot be had.
 */
export async function listen(server: Server, { port, bind }: ListenOptions): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(explain(error, { port, bind }));
    server.once('error', failed);
    server.listen({ port, host: bind }, () => {
      server.off('error', failed);
      resolve();
    });
  });
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
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
