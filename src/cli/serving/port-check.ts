import { createServer } from 'node:http';
import { listen, type Port } from './listen.ts';

/**
 * Finds out before anything is made whether the port can be had.
 *
 * @throws UserError when it cannot.
 */
export async function assertPortIsFree(options: Port): Promise<void> {
  const server = createServer();
  await listen(server, { kind: 'port', ...options });
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
