import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { atEnd, portOf } from './servers.ts';

/** Passes connections on to a port of this machine, and counts them. */
export interface Relay {
  readonly port: number;
  /** Connections that are open now. */
  readonly open: () => number;
  /** The most that were ever open at once. */
  readonly mostOpen: () => number;
}

/** Ends with the tests of the file. */
export async function relayTo(port: number): Promise<Relay> {
  const sockets = new Set<Socket>();
  let most = 0;
  const server = createServer((socket) => {
    sockets.add(socket);
    most = Math.max(most, sockets.size);
    const onward = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      one.on('error', () => other.destroy());
      one.pipe(other);
    }
    socket.once('close', () => sockets.delete(socket));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    for (const socket of sockets) socket.destroy();
    server.close();
    await once(server, 'close');
  });
  return { port: portOf(server.address()), open: () => sockets.size, mostOpen: () => most };
}
