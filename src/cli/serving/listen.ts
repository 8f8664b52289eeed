import { machineClock } from '../../repository/clock/machine-clock.ts';
import type { Server } from 'node:net';
import { UserError } from '../errors.ts';
import { makeWayForSocket } from './unix-socket.ts';

/** Where a server listens: a port, a unix socket's path, or a socket that was handed over open. */
export type ListenPlace =
  | ({ readonly kind: 'port' } & Port)
  | { readonly kind: 'socket'; readonly socket: string }
  | { readonly kind: 'descriptor'; readonly descriptor: number };

/** A port of this machine, and the addresses that it is open at. */
export interface Port {
  /** 0 takes any free one. */
  readonly port: number;
  /** An address, or `*` for all of this machine. */
  readonly bind: string;
}

/** An error of a server that goes on is told at most this often, milliseconds. */
const tellingMs = 10_000;

/** Connections that wait to be taken; the system's own limit may be lower. */
const backlog = 4096;

/**
 * Starts listening.
 *
 * @param onError told of connections that cannot be taken later, as when descriptors have run out;
 * the server goes on.
 * @returns how people reach it: `localhost:9417`, or the path of a unix socket.
 * @throws UserError when the place cannot be had.
 */
export async function listen(
  server: Server,
  place: ListenPlace,
  onError: (error: Error) => void = () => undefined,
): Promise<string> {
  if (place.kind === 'socket') await makeWayForSocket(place.socket);
  await new Promise<void>((resolve, reject) => {
    const failed = (error: NodeJS.ErrnoException): void => reject(explain(error, place));
    server.once('error', failed);
    begin(server, place, () => {
      server.off('error', failed);
      server.on('error', seldom(onError));
      resolve();
    });
  });
  return reachedAt(server, place);
}

function begin(server: Server, place: ListenPlace, begun: () => void): void {
  if (place.kind === 'descriptor') server.listen({ fd: place.descriptor, backlog }, begun);
  else if (place.kind === 'port') {
    const host = place.bind === '*' ? {} : { host: place.bind };
    server.listen({ port: place.port, backlog, ...host }, begun);
  } else {
    // The socket is made before this returns; nobody but the owner may use it, mode 0700.
    const umask = process.umask(0o077);
    try {
      server.listen({ path: place.socket, backlog }, begun);
    } finally {
      process.umask(umask);
    }
  }
}

/** Loopback and all addresses by loopback's name, an IPv6 address in brackets. */
function reachedAt(server: Server, place: ListenPlace): string {
  const address = server.address();
  if (address === null) return '';
  if (typeof address === 'string') return address;
  const host = place.kind === 'port' ? place.bind : address.address;
  const isHere = ['*', '127.0.0.1', '::1', '0.0.0.0', '::'].includes(host);
  const name = host.includes(':') ? `[${host}]` : host;
  return `${isHere ? 'localhost' : name}:${address.port}`;
}

/** An error that lasts comes with every turn of the event loop. */
function seldom(tell: (error: Error) => void): (error: Error) => void {
  let toldMs = -Infinity;
  return (error) => {
    const nowMs = machineClock.steadyMs();
    if (nowMs - toldMs < tellingMs) return;
    toldMs = nowMs;
    tell(error);
  };
}

function explain(error: NodeJS.ErrnoException, place: ListenPlace): Error {
  if (place.kind === 'descriptor') {
    return new UserError(
      `descriptor ${place.descriptor}, handed over by LISTEN_FDS, is no socket to listen on: ${error.code}.`,
    );
  }
  if (place.kind === 'socket') return explainSocket(error, place.socket);
  const { port, bind } = place;
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

function explainSocket(error: NodeJS.ErrnoException, path: string): Error {
  switch (error.code) {
    case 'EINVAL':
    case 'ENAMETOOLONG':
      return new UserError(
        `${path} is too long for a unix socket; choose a shorter --socket PATH.`,
      );
    case 'EADDRINUSE':
      return new UserError(`another program serves at ${path}; choose another --socket PATH.`);
    case 'EACCES':
      return new UserError(`no socket can be made at ${path}: it is not allowed to write there.`);
    default:
      return error;
  }
}
