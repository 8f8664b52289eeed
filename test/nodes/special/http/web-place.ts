import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach } from 'vitest';
import { openHttpAlso, openWebRemote } from '../../../../src/nodes/special/http/open-http.ts';
import type { SpecialNode } from '../../../../src/nodes/special/node/special-node.ts';
import { thisMachine } from '../../../../src/repository/index.ts';
import { collect, sha256Key } from '../../../support/objects.ts';
import { imaginaryUuid } from '../../../support/presence.ts';
import { specialNode } from '../special-nodes.ts';

export const content: Buffer = Buffer.from('content '.repeat(5000));
export const key = sha256Key(content);

/** Settings of a git config, or of a line in remote.log. */
export type Settings = Readonly<Record<string, string>>;
export const loopback: Settings = { 'annex.security.allowed-ip-addresses': '127.0.0.1' };

/** What a server does for a path: a file, or an answer of its own. */
type Served = Buffer | ((request: IncomingMessage, response: ServerResponse) => void);

/** A server on the web, as a test has it. */
export interface WebPlace {
  /** By path. */
  served: Map<string, Served>;
  /** What is at any other path. */
  elsewhere: Served | undefined;
  /** What it was asked, in order. */
  asked: string[];
  /** Its url, without a slash at its end. */
  base: string;
}

const nodes: SpecialNode[] = [];

/** A server that is new for each test of the file. */
export function useWebPlace(): WebPlace {
  const place: WebPlace = { served: new Map(), elsewhere: undefined, asked: [], base: '' };
  let server: Server;
  beforeEach(async () => {
    Object.assign(place, { served: new Map(), elsewhere: undefined, asked: [] });
    server = createServer((request, response) => {
      const path = decodeURIComponent(request.url ?? '');
      place.asked.push(`${request.method} ${path}${request.headers.range ?? ''}`);
      const found = place.served.get(path) ?? place.elsewhere;
      if (found === undefined) response.writeHead(404).end();
      else if (typeof found === 'function') found(request, response);
      else answerRange(found, request, response);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port }: Pick<AddressInfo, 'port'> = Object(server.address());
    place.base = `http://127.0.0.1:${port}`;
  });
  afterEach(async () => {
    for (const node of nodes.splice(0)) await node.close();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return place;
}

/** A file, or the rest of it. */
export function answerRange(
  file: Buffer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const [, from] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const isBeyond = from !== undefined && Number(from) >= file.length;
  if (isBeyond) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    return;
  }
  const rest = file.subarray(Number(from ?? 0));
  const range = `bytes ${from}-${file.length - 1}/${file.length}`;
  const headers = { 'content-length': rest.length, ...(from && { 'content-range': range }) };
  response.writeHead(from === undefined ? 200 : 206, headers);
  response.end(request.method === 'HEAD' ? undefined : rest);
}

/** The settings of a remote, without encryption and chunks. */
export function remote(
  type: 'httpalso' | 'web' | 'S3',
  values: Settings,
): Parameters<typeof openWebRemote>[0] {
  return {
    uuid: imaginaryUuid(1),
    remote: 'there',
    type,
    values: new Map(Object.entries(values)),
    encryption: { kind: 'none' },
    chunkBytes: undefined,
    exportType: undefined,
    readOnly: undefined,
  };
}

/** A remote of type httpalso as a node, which is closed after the test. */
export function httpAlso(config: Settings, url: string): SpecialNode {
  return httpAlsoOf(remote('httpalso', { url }), config, () => []);
}

/** One that shows a remote which trees are exported to, by where these have the content of each key. */
export function exportShown(url: string, places: () => readonly string[]): SpecialNode {
  return httpAlsoOf({ ...remote('httpalso', { url }), showsExport: true }, loopback, places);
}

function httpAlsoOf(
  settings: Parameters<typeof openHttpAlso>[0],
  config: Settings,
  places: () => readonly string[],
): SpecialNode {
  const options = {
    config: new Map(Object.entries(config)),
    exportPlaces: { of: () => Promise.resolve(places()) },
    system: thisMachine,
  };
  return kept(specialNode({ store: openHttpAlso(settings, options) }));
}

/** A remote of type web as a node, by the urls that the branch has of every key. */
export function web(
  urls: readonly string[],
  values: Settings = {},
  config = loopback,
): SpecialNode {
  const programLogs = { urls: () => Promise.resolve(urls) };
  const options = { config: new Map(Object.entries(config)), programLogs, system: thisMachine };
  return kept(specialNode({ store: openWebRemote(remote('web', values), options) }));
}

/** The node, which is closed after the test. */
export function kept(node: SpecialNode): SpecialNode {
  nodes.push(node);
  return node;
}

/** What a node gives of the content from a byte on. */
export async function got(node: SpecialNode, fromByte = 0): Promise<Buffer | undefined> {
  const stored = await node.get(key, fromByte);
  return stored === undefined ? undefined : Buffer.from(await collect(stored.stream));
}
