import { createServer } from 'node:http';
import { listen, type PortPlace } from './listen.ts';

/**
 * Finds out before anything is made whether the port can be had.
 *
 * @throws UserError when it cannot.
 */
export async function assertPortIsFree(options: PortPlace): Promise<void> {
  const server = createServer();
  await listen(server, options);
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
}
