import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * A port of loopback that nobody listens on, for a program that cannot choose one itself: none of those that
 * connections are given, so that it stays free for a while.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(22_000, 32_000);
    const server = createServer().listen(port, '127.0.0.1');
    const isFree = await once(server, 'listening').then(
      () => true,
      () => false,
    );
    if (!isFree) continue;
    server.close();
    await once(server, 'close');
    return port;
  }
}
