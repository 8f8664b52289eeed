import type { Server } from 'node:https';
import type { Socket } from 'node:net';

const text = 'This port speaks https; use https:// (for git-annex annex+https://) in the URL.\n';

/** As the reference server has it (spec/p2p-http.md section 4), and RFC 9110 section 15.5.22. */
const upgradeRequired = [
  'HTTP/1.1 426 Upgrade Required',
  'Upgrade: TLS/1.2, HTTP/1.1',
  'Connection: Upgrade, close',
  'Content-Type: text/plain; charset=utf-8',
  `Content-Length: ${text.length}`,
  '',
  text,
].join('\r\n');

/** Has a server tell those who speak plain http to its https port what is wrong. */
export function answerPlainHttp(server: Server): void {
  const sockets = new Map<string, Socket>();
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    if (peer === undefined) return;
    sockets.set(peer, socket);
    socket.once('close', () => sockets.delete(peer));
  });
  server.on('tlsClientError', (error, secured) => {
    if (!('code' in error) || error.code !== 'ERR_SSL_HTTP_REQUEST') return;
    const socket = sockets.get(peerOf(secured) ?? '');
    // What it still sends would come as bytes of TLS; nobody reads it.
    socket?.on('error', () => undefined).end(upgradeRequired);
  });
}

/** What tells a connection from all others; `undefined` on a unix socket. */
function peerOf({ remoteAddress, remotePort }: Socket): string | undefined {
  return remotePort === undefined ? undefined : `${remoteAddress} ${remotePort}`;
}
