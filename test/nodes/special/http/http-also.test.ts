import { describe, expect, it } from 'vitest';
import {
  hashDirectoryLower,
  hashDirectoryMixed,
  keyFile,
  type Key,
} from '../../../../src/key/index.ts';
import type { SpecialNode } from '../../../../src/nodes/special/node/special-node.ts';
import {
  content,
  exportShown,
  got,
  httpAlso,
  key,
  loopback,
  useWebPlace,
  type Settings,
} from './web-place.ts';
import { exportObjectPath } from '../../../../src/nodes/index.ts';

const place = useWebPlace();

function server(config: Settings = loopback, url = `${place.base}/annex/`): SpecialNode {
  return httpAlso(config, url);
}

function pathOf(one: Key, hash = hashDirectoryLower): string {
  return `/annex/${hash(one)}${keyFile(one)}/${keyFile(one)}`;
}

describe('a server that shows what trees are exported to', () => {
  const inTree = ['with blank & ü%/#?.mp3', 'second'];
  const shown = (places: readonly string[] = inTree): SpecialNode =>
    exportShown(`${place.base}/annex/`, () => places);

  it('is read below .git/annex/objects/ and at the places of the tree, nowhere else', async () => {
    const node = shown();
    place.served.set(pathOf(key), content);
    expect(await node.has(key)).toBe(false);
    place.served.set(`/annex/${inTree[1]}`, content);
    expect(await got(node, 30_000)).toEqual(content.subarray(30_000));
    place.asked.length = 0;
    place.served.set(`/annex/${inTree[0]}`, content);
    expect(await got(node)).toEqual(content);
    expect(place.asked.some((one) => one.includes('second'))).toBe(false);
    place.served.clear();
    place.served.set(`/annex/${exportObjectPath(key, undefined)}`, content);
    expect(await got(node)).toEqual(content);
    expect(await shown([]).has(key)).toBe(true);
  });

  it('has no content of which a file of the tree is another one by now', async () => {
    place.served.set(`/annex/${inTree[0]}`, content.subarray(1));
    expect(await shown().has(key)).toBe(false);
    place.served.set(`/annex/${inTree[0]}`, Buffer.from(content).fill('x', 7, 8));
    await expect(got(shown())).rejects.toThrow('has another hash');
    place.served.set(`/annex/${inTree[0]}`, content.subarray(1));
    place.served.set(`/annex/${inTree[1]}`, content);
    expect(await got(shown())).toEqual(content);
  });
});

describe('a server that shows what a directory remote has', () => {
  it.each([hashDirectoryLower, hashDirectoryMixed])('is read (%o)', async (hash) => {
    const node = server();
    expect(await node.has(key)).toBe(false);
    place.served.set(pathOf(key, hash), content);
    expect(await node.has(key)).toBe(true);
    expect(await got(node)).toEqual(content);
    expect(await got(node, 30_000)).toEqual(content.subarray(30_000));
    expect(await got(node, content.length)).toEqual(Buffer.alloc(0));
    expect(place.asked).toContain(`GET ${pathOf(key, hash)}bytes=30000-`);
  });

  it('is place.asked for names with any bytes', async () => {
    const odd: Key = { ...key, backend: 'WORM', name: 'a b%c&d#e?f' };
    place.served.set(pathOf(odd), content);
    expect(await server().has(odd)).toBe(true);
  });

  it('gives the rest to who asks for it where the server gives all', async () => {
    place.served.set(pathOf(key), (_, response) => response.end(content));
    expect(await got(server(), 30_000)).toEqual(content.subarray(30_000));
  });

  it('is not taken for who gives another part', async () => {
    place.served.set(pathOf(key), (_, response) => {
      response.writeHead(206, { 'content-range': `bytes 0-9/${content.length}` });
      response.end(content.subarray(0, 10));
    });
    await expect(got(server(), 30_000)).rejects.toThrow('another part');
  });

  it('does not pass on what is no content of the key', async () => {
    place.served.set(pathOf(key), Buffer.from(content).fill('x', 7, 8));
    await expect(got(server())).rejects.toThrow('has another hash');
  });

  it.each([401, 403, 500, 503])('that answers %i says nothing of what is there', async (status) => {
    place.served.set(pathOf(key), (_, response) => response.writeHead(status).end());
    await expect(server().has(key)).rejects.toThrow(`the server answers ${status}`);
    await expect(got(server())).rejects.toThrow(`the server answers ${status}`);
  });

  it('says of a gone file that it is absent', async () => {
    for (const hash of [hashDirectoryLower, hashDirectoryMixed])
      place.served.set(pathOf(key, hash), (_, response) => response.writeHead(410).end());
    expect(await server().has(key)).toBe(false);
  });

  it('is unavailable when nobody listens', async () => {
    const node = server(loopback, 'http://127.0.0.1:1/annex');
    await expect(node.has(key)).rejects.toThrow('ECONNREFUSED');
    await expect(node.probe('question')).rejects.toThrow('ECONNREFUSED');
  });

  it('answers a probe, whatever it has at its top', async () => {
    await server().probe('question');
    place.served.set('/annex/', (_, response) => response.writeHead(503).end());
    await expect(server().probe('question')).rejects.toThrow('answers 503');
  });

  it('is not used with a url of another scheme', () => {
    expect(() => server(loopback, 'file:///etc')).toThrow('no url of http or https');
    const config = { ...loopback, 'annex.security.allowed-url-schemes': 'https' };
    expect(() => server(config)).toThrow('allowed-url-schemes does not name');
  });

  it('is not used where it has a page for whatever it is asked', async () => {
    const page = Buffer.alloc(content.length);
    for (const hash of [hashDirectoryLower, hashDirectoryMixed])
      place.served.set(pathOf(key, hash), page);
    expect(await server().has(key)).toBe(true);
    place.elsewhere = page;
    await expect(server().has(key)).rejects.toThrow('what nobody has put there');
    await expect(got(server())).rejects.toThrow('what nobody has put there');
    place.elsewhere = (_, response) => response.writeHead(503).end();
    await expect(server().has(key)).rejects.toThrow('the server answers 503');
  });

  it('has its account in the url, which is not shown', async () => {
    place.served.set(pathOf(key), (request, response) => {
      const isIn = request.headers.authorization === `Basic ${btoa('me:s3 cret')}`;
      response.writeHead(isIn ? 200 : 401, { 'content-length': content.length }).end();
    });
    const url = `${place.base.replace('//', '//me:s3%20cret@')}/annex`;
    expect(await server(loopback, url).has(key)).toBe(true);
    place.served.set(pathOf(key), (_, response) => response.writeHead(403).end());
    const error = await server(loopback, url).has(key).catch(String);
    expect(error).toContain('the server answers 403');
    expect(error).not.toMatch(/cret|me@/);
    expect(() => server(loopback, 'ftp://me:s3cret@h/x')).toThrow(/^its url is no url of http/);
  });
});
