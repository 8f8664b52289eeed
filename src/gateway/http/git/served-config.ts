import type { IncomingMessage } from 'node:http';
import { TLSSocket } from 'node:tls';

/**
 * The git config that a client downloads from `<remote url>/config` to learn the repository's UUID
 * and where its annex is served (spec/p2p-http.md section 6, "URL").
 */
export function servedConfig(served: { readonly uuid: string; readonly annexUrl: string }): string {
  return [
    '[core]',
    '\trepositoryformatversion = 0',
    '\tbare = true',
    '[annex]',
    `\tuuid = ${quoted(served.uuid)}`,
    '\tversion = 10',
    `\turl = ${quoted(served.annexUrl)}`,
    '',
  ].join('\n');
}

/** The schemes by which clients reach a server. */
export type Scheme = 'http' | 'https';

/** How the client reached this server, which may be through a proxy that ends TLS. */
export function schemeOf({ socket, headers }: IncomingMessage): Scheme {
  const isTls = socket instanceof TLSSocket || headers['x-forwarded-proto'] === 'https';
  return isTls ? 'https' : 'http';
}

/** Host headers that may be quoted back: a name or address, and a port. */
const plainHost = /^(?:[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?$/;

const ports: Readonly<Record<Scheme, number>> = { http: 80, https: 443 };

/**
 * The host and port that a client used, if they can be part of a URL. The port is always told,
 * since that of an annex+http URL without one is 9417.
 */
export function hostOf(header: string | undefined, scheme: Scheme): string | undefined {
  const match = plainHost.exec(header ?? '');
  if (match === null) return undefined;
  return match[1] === undefined ? `${match[0]}:${ports[scheme]}` : match[0];
}

function quoted(value: string): string {
  return `"${value.replace(/["\\]/g, '\\$&').replaceAll('\n', '\\n')}"`;
}
