import { createServer, type RequestListener } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../../../src/clock/index.ts';
import { DavClient } from '../../../../src/nodes/special/webdav/dav-client.ts';
import { DavStore } from '../../../../src/nodes/special/webdav/dav-store.ts';
import { thisMachine } from '../../../../src/repository/index.ts';
import { portOf } from '../../peer/servers.ts';

/** What a stand-in is like, other than usual. */
export interface StandInLike {
  /** Below its root. Default: `/dav`. */
  readonly path?: string;
  readonly clock?: Clock;
}

/** A remote at a server that answers as it is told. */
export async function stubborn(answer: RequestListener, like: StandInLike = {}): Promise<DavStore> {
  const { path = '/dav', clock = thisMachine.clock } = like;
  const server = createServer(answer);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${portOf(server.address())}${path}`;
  const store = new DavStore(new DavClient(url, { login: 'a', password: 'b' }, clock), clock);
  onTestFinished(async () => {
    await store.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return store;
}

/** What a server tells of one thing. */
export function toldOf(properties: string, status = 'HTTP/1.1 200 OK', href = '/dav'): string {
  return `<d:multistatus xmlns:d="DAV:">${responseOf(properties, status, href)}</d:multistatus>`;
}

/** What it tells of one of several things. */
export function responseOf(properties: string, status = 'HTTP/1.1 200 OK', href = '/dav'): string {
  const prop = `<d:prop>${properties}</d:prop><d:status>${status}</d:status>`;
  return `<d:response><d:href>${href}</d:href><d:propstat>${prop}</d:propstat></d:response>`;
}

/** What it tells of a collection. */
export const collection: string = toldOf('<d:resourcetype><d:collection/></d:resourcetype>');

/** What it says to a request that it does. */
export function statusOf({ method }: { readonly method?: string | undefined }): number {
  return method === 'DELETE' ? 204 : 201;
}

/** One that answers everything as a server does that has what it was sent, but for some methods. */
export function obliging(
  own: Partial<Record<string, RequestListener>>,
  asked: string[] = [],
  like: StandInLike = {},
): Promise<DavStore> {
  return stubborn((request, response) => {
    asked.push(request.method ?? '');
    request.resume();
    const answer = own[request.method ?? ''];
    if (answer !== undefined) answer(request, response);
    else request.on('end', () => response.writeHead(statusOf(request)).end());
  }, like);
}
