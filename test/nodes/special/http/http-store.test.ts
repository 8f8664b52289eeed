import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  hashDirectoryLower,
  hashDirectoryMixed,
  keyFile,
  serializeKey,
  type Key,
} from '../../../../src/key/index.ts';
import { openHttpAlso, openWebRemote } from '../../../../src/nodes/special/http/open-http.ts';
import { openS3 } from '../../../../src/nodes/special/s3/open-s3.ts';
import { thisMachine } from '../../../../src/repository/index.ts';
import type { SpecialNode } from '../../../../src/nodes/special/node/special-node.ts';
import { imaginaryUuid } from '../../../support/presence.ts';
import { collect, sha256Key, temporaryDirectory } from '../../../support/objects.ts';
import { specialNode } from '../special-nodes.ts';

const content = Buffer.from('content '.repeat(5000));
const key = sha256Key(content);
const loopback = { 'annex.security.allowed-ip-addresses': '127.0.0.1' };

/** What the server does for a path: a file, or an answer of its own. */
type Served = Buffer | ((request: IncomingMessage, response: ServerResponse) => void);

let server: Server;
let base: string;
let served: Map<string, Served>;
let asked: string[];
const nodes: SpecialNode[] = [];

beforeEach(async () => {
  served = new Map();
  asked = [];
  server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    asked.push(`${request.method} ${path}${request.headers.range ?? ''}`);
    const found = served.get(path);
    if (found === undefined) response.writeHead(404).end();
    else if (typeof found === 'function') found(request, response);
    else answerRange(found, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port }: Pick<AddressInfo, 'port'> = Object(server.address());
  base = `http://127.0.0.1:${port}`;
});

afterEach(async () => {
  for (const node of nodes.splice(0)) await node.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

function answerRange(file: Buffer, request: IncomingMessage, response: ServerResponse): void {
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

type Settings = Readonly<Record<string, string>>;

function remote(
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
    readOnly: undefined,
  };
}

function httpAlso(config: Settings = loopback, url = `${base}/annex/`): SpecialNode {
  const options = { config: new Map(Object.entries(config)), programLogs: { urls: noUrls } };
  return kept(specialNode({ store: openHttpAlso(remote('httpalso', { url }), options) }));
}

const noUrls = (): Promise<readonly string[]> => Promise.resolve([]);

function web(urls: readonly string[], values: Settings = {}, config = loopback): SpecialNode {
  const programLogs = { urls: () => Promise.resolve(urls) };
  const options = { config: new Map(Object.entries(config)), programLogs };
  return kept(specialNode({ store: openWebRemote(remote('web', values), options) }));
}

function kept(node: SpecialNode): SpecialNode {
  nodes.push(node);
  return node;
}

function pathOf(one: Key, hash = hashDirectoryLower): string {
  return `/annex/${hash(one)}${keyFile(one)}/${keyFile(one)}`;
}

async function got(node: SpecialNode, fromByte = 0): Promise<Buffer | undefined> {
  const stored = await node.get(key, fromByte);
  return stored === undefined ? undefined : Buffer.from(await collect(stored.stream));
}

describe('a server that shows what a directory remote has', () => {
  it.each([hashDirectoryLower, hashDirectoryMixed])('is read (%o)', async (hash) => {
    const node = httpAlso();
    expect(await node.has(key)).toBe(false);
    served.set(pathOf(key, hash), content);
    expect(await node.has(key)).toBe(true);
    expect(await got(node)).toEqual(content);
    expect(await got(node, 30_000)).toEqual(content.subarray(30_000));
    expect(await got(node, content.length)).toEqual(Buffer.alloc(0));
    expect(asked).toContain(`GET ${pathOf(key, hash)}bytes=30000-`);
  });

  it('is asked for names with any bytes', async () => {
    const odd: Key = { ...key, backend: 'WORM', name: 'a b%c&d#e?f' };
    served.set(pathOf(odd), content);
    expect(await httpAlso().has(odd)).toBe(true);
  });

  it('gives the rest to who asks for it where the server gives all', async () => {
    served.set(pathOf(key), (_, response) => response.end(content));
    expect(await got(httpAlso(), 30_000)).toEqual(content.subarray(30_000));
  });

  it('is not taken for who gives another part', async () => {
    served.set(pathOf(key), (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-9/${content.length}` });
      response.end(content.subarray(0, 10));
    });
    await expect(got(httpAlso(), 30_000)).rejects.toThrow('another part');
  });

  it('does not pass on what is no content of the key', async () => {
    served.set(pathOf(key), Buffer.from(content).fill('x', 7, 8));
    await expect(got(httpAlso())).rejects.toThrow('has another hash');
  });

  it.each([401, 403, 500, 503])('that answers %i says nothing of what is there', async (status) => {
    served.set(pathOf(key), (_, response) => response.writeHead(status).end());
    await expect(httpAlso().has(key)).rejects.toThrow(`the server answers ${status}`);
    await expect(got(httpAlso())).rejects.toThrow(`the server answers ${status}`);
  });

  it('says of a gone file that it is absent', async () => {
    for (const hash of [hashDirectoryLower, hashDirectoryMixed])
      served.set(pathOf(key, hash), (_, response) => response.writeHead(410).end());
    expect(await httpAlso().has(key)).toBe(false);
  });

  it('is unavailable when nobody listens', async () => {
    const node = httpAlso(loopback, 'http://127.0.0.1:1/annex');
    await expect(node.has(key)).rejects.toThrow('ECONNREFUSED');
    await expect(node.probe('question')).rejects.toThrow('ECONNREFUSED');
  });

  it('answers a probe, whatever it has at its top', async () => {
    await httpAlso().probe('question');
    served.set('/annex/', (_, response) => response.writeHead(503).end());
    await expect(httpAlso().probe('question')).rejects.toThrow('answers 503');
  });

  it('is not used with a url of another scheme', () => {
    expect(() => httpAlso(loopback, 'file:///etc')).toThrow('no url of http or https');
    const config = { ...loopback, 'annex.security.allowed-url-schemes': 'https' };
    expect(() => httpAlso(config)).toThrow('allowed-url-schemes does not name');
  });

  it('has its account in the url, which is not shown', async () => {
    served.set(pathOf(key), (request, response) => {
      const isIn = request.headers.authorization === `Basic ${btoa('me:s3 cret')}`;
      response.writeHead(isIn ? 200 : 401).end();
    });
    const url = `${base.replace('//', '//me:s3%20cret@')}/annex`;
    expect(await httpAlso(loopback, url).has(key)).toBe(true);
    served.set(pathOf(key), (_, response) => response.writeHead(403).end());
    const error = await httpAlso(loopback, url).has(key).catch(String);
    expect(error).toContain('me@127.0.0.1');
    expect(error).not.toContain('cret');
  });
});

describe('a bucket that is public, without credentials', () => {
  const bucket = async (settings: Settings): Promise<SpecialNode> => {
    const annexDirectory = temporaryDirectory();
    const values = { bucket: 'bkt', host: '127.0.0.1', fileprefix: 'pre/', ...settings };
    const opened = { ...remote('S3', values), encryption: { kind: 'none' } as const };
    const config = new Map(Object.entries(loopback));
    const options = { annexDirectory, system: thisMachine, config };
    return kept(specialNode({ store: await openS3(opened, options, undefined) }));
  };

  beforeEach(() => {
    vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
  });
  afterEach(() => {
    vi.unstubAllEnvs();
  });

  it('is read where it shows its objects', async () => {
    const node = await bucket({ publicurl: `${base}/shown/` });
    served.set('/shown/', Buffer.from('a list'));
    expect(await node.has(key)).toBe(false);
    served.set(`/shown/pre/${serializeKey(key)}`, content);
    expect(await node.has(key)).toBe(true);
    expect(await got(node, 7)).toEqual(content.subarray(7));
  });

  it('has nothing that is absent when it is not there itself', async () => {
    const node = await bucket({ publicurl: `${base}/shown` });
    await expect(node.has(key)).rejects.toThrow('the server answers 404');
    served.set('/shown/', (_, response) => response.writeHead(403).end());
    expect(await node.has(key)).toBe(false);
  });

  it('is at its own host where that is not said', async () => {
    const { port } = new URL(base);
    const usual = { public: 'yes', port, protocol: 'http', requeststyle: 'path' };
    served.set(`/bkt/pre/${serializeKey(key)}`, content);
    expect(await (await bucket(usual)).has(key)).toBe(true);
    await expect(bucket({ ...usual, publicurl: 'no' })).rejects.toThrow('has no credentials');
    await expect(bucket({ ...usual, public: 'no' })).rejects.toThrow('has no credentials');
    await expect(bucket({ publicurl: 'file:///etc' })).rejects.toThrow('no url of http or https');
  });
});

describe('the web', () => {
  it('has a key where one of its urls answers', async () => {
    served.set('/b', content);
    const node = web([`${base}/a`, `${base}/b`]);
    expect(await node.has(key)).toBe(true);
    expect(await got(node, 5)).toEqual(content.subarray(5));
  });

  it('has none without urls, or where none of them is there', async () => {
    expect(await web([]).has(key)).toBe(false);
    expect(await web([`${base}/a`]).has(key)).toBe(false);
    expect(await web(['yt:https://example.org/v', ':toy:abc']).has(key)).toBe(false);
  });

  it('does not know of a key when one url cannot be asked and no other has it', async () => {
    served.set('/a', (_, response) => response.writeHead(500).end());
    await expect(web([`${base}/a`, `${base}/b`]).has(key)).rejects.toThrow('answers 500');
    served.set('/b', content);
    expect(await web([`${base}/a`, `${base}/b`]).has(key)).toBe(true);
  });

  it('takes a file of another size for none', async () => {
    served.set('/a', content.subarray(1));
    expect(await web([`${base}/a`]).has(key)).toBe(false);
  });

  it('asks for the urls alone that its globs take', async () => {
    served.set('/a', content);
    const urls = [`${base}/a`];
    expect(await web(urls, { urlinclude: '*/a' }).has(key)).toBe(true);
    expect(await web(urls, { urlinclude: '*/b' }).has(key)).toBe(false);
    expect(await web(urls, { urlexclude: '*/a' }).has(key)).toBe(false);
    expect(() => web(urls, { urlinclude: '[' })).toThrow('urlinclude=[ is no glob');
  });

  it('follows where a server sends on to, as far as that is allowed', async () => {
    served.set('/b', content);
    const to = (url: string) => (_: IncomingMessage, response: ServerResponse) =>
      response.writeHead(302, { location: url }).end();
    served.set('/a', to(`${base}/b`));
    expect(await got(web([`${base}/a`]))).toEqual(content);
    served.set('/a', to(base.replace('127.0.0.1', '127.0.0.2')));
    await expect(web([`${base}/a`]).has(key)).rejects.toThrow('allowed-ip-addresses');
    served.set('/a', to(base.replace('http', 'https')));
    const config = { ...loopback, 'annex.security.allowed-url-schemes': 'http' };
    await expect(web([`${base}/a`], {}, config).has(key)).rejects.toThrow('does not name https');
    served.set('/a', to(`${base}/a`));
    await expect(web([`${base}/a`]).has(key)).rejects.toThrow('Redirect loop');
    for (let step = 0; step < 30; step += 1)
      served.set(`/step${step}`, to(`${base}/step${step + 1}`));
    await expect(web([`${base}/step0`]).has(key)).rejects.toThrow('the server answers 302');
    expect(asked).not.toContain('HEAD /step20');
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433'])(
    'is not at %s unless that is allowed',
    async (host) => {
      const url = `${base.replace('127.0.0.1', host)}/a`;
      const node = web([url], {}, { 'annex.security.allowed-ip-addresses': '' });
      await expect(node.has(key)).rejects.toThrow('annex.security.allowed-ip-addresses');
      expect(asked).toEqual([]);
    },
  );
});
