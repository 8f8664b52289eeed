import type { IncomingMessage, ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../../../src/key/index.ts';
import { answerRange, content, got, key, loopback, useWebPlace, web } from './web-place.ts';

const place = useWebPlace();

describe('the web', () => {
  it('has a key where one of its urls answers', async () => {
    place.served.set('/b', content);
    const node = web([`${place.base}/a`, `${place.base}/b`]);
    expect(await node.has(key)).toBe(true);
    expect(await got(node, 5)).toEqual(content.subarray(5));
  });

  it('has none without urls, or where none of them is there', async () => {
    expect(await web([]).has(key)).toBe(false);
    expect(await web([`${place.base}/a`]).has(key)).toBe(false);
    expect(await web([':toy:abc']).has(key)).toBe(false);
  });

  it.each(['yt:https://example.org/v', 'ftp://127.0.0.1/a', 'file:///etc/passwd'])(
    'does not know of a key that only %s may have',
    async (url) => {
      await expect(web([url, `${place.base}/a`]).has(key)).rejects.toThrow('not asked here');
      await expect(got(web([url]))).rejects.toThrow('not asked here');
      place.served.set('/a', content);
      expect(await web([url, `${place.base}/a`]).has(key)).toBe(true);
    },
  );

  it('goes on to the url that has the right size', async () => {
    place.served.set('/a', Buffer.from('a page'));
    place.served.set('/b', content);
    const node = web([`${place.base}/a`, `${place.base}/b`]);
    expect(await node.has(key)).toBe(true);
    expect(await got(node)).toEqual(content);
    expect(await got(node, 39_999)).toEqual(content.subarray(39_999));
  });

  it('is place.asked about a part where a server does not tell how long a file is', async () => {
    place.served.set('/a', (request, response) => {
      if (request.method === 'HEAD')
        response.writeHead(200, { 'transfer-encoding': 'chunked' }).end();
      else answerRange(content, request, response);
    });
    expect(await web([`${place.base}/a`]).has(key)).toBe(true);
    place.served.set('/a', (_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(content);
    });
    await expect(web([`${place.base}/a`]).has(key)).rejects.toThrow('does not tell how long');
  });

  it('gives no content whose size nobody tells, and not less than there is', async () => {
    const unsized: Key = { ...key, backend: 'URL', name: 'x', sizeBytes: undefined };
    place.served.set('/a', (_, response) => response.writeHead(416).end());
    const node = web([`${place.base}/a`]);
    await expect(node.get(unsized, 0)).rejects.toThrow('the server answers 416');
    place.served.set('/a', (_, response) => {
      response.writeHead(200, { 'transfer-encoding': 'chunked' });
      response.end(content);
    });
    await expect(node.get(unsized, 0)).rejects.toThrow('does not tell how long');
    place.served.set('/a', content);
    const stored = await node.get(unsized, 0);
    expect(stored?.sizeBytes).toBe(content.length);
    await stored?.stream.close();
  });

  it('is not waited for by what it says besides', async () => {
    const trickles = (response: ServerResponse): void => {
      response.write('x');
      const timer = setInterval(() => response.write('x'), 20);
      response.on('close', () => clearInterval(timer));
    };
    place.served.set('/b', content);
    place.served.set('/a', (_, response) => {
      response.writeHead(302, { location: `${place.base}/b` });
      trickles(response);
    });
    const unsized: Key = { ...key, backend: 'URL', name: 'x', sizeBytes: undefined };
    const stored = await web([`${place.base}/a`]).get(unsized, 0);
    expect(stored?.sizeBytes).toBe(content.length);
    await stored?.stream.close();
    place.served.set('/a', (_, response) => {
      response.writeHead(404);
      trickles(response);
    });
    expect(await got(web([`${place.base}/a`]))).toBeUndefined();
  });

  it('does not know of a key when one url cannot be place.asked and no other has it', async () => {
    place.served.set('/a', (_, response) => response.writeHead(500).end());
    await expect(web([`${place.base}/a`, `${place.base}/b`]).has(key)).rejects.toThrow(
      'answers 500',
    );
    place.served.set('/b', content);
    expect(await web([`${place.base}/a`, `${place.base}/b`]).has(key)).toBe(true);
  });

  it('takes a file of another size for none', async () => {
    place.served.set('/a', content.subarray(1));
    expect(await web([`${place.base}/a`]).has(key)).toBe(false);
  });

  it('asks for the urls alone that its globs take', async () => {
    place.served.set('/a', content);
    const urls = [`${place.base}/a`];
    expect(await web(urls, { urlinclude: '*/a' }).has(key)).toBe(true);
    expect(await web(urls, { urlinclude: '*/b' }).has(key)).toBe(false);
    expect(await web(urls, { urlexclude: '*/a' }).has(key)).toBe(false);
    expect(() => web(urls, { urlinclude: '[' })).toThrow('urlinclude=[ is no glob');
  });

  it('follows where a server sends on to, as far as that is allowed', async () => {
    place.served.set('/b', content);
    const to = (url: string) => (_: IncomingMessage, response: ServerResponse) =>
      response.writeHead(302, { location: url }).end();
    place.served.set('/a', to(`${place.base}/b`));
    expect(await got(web([`${place.base}/a`]))).toEqual(content);
    place.served.set('/a', to(place.base.replace('127.0.0.1', '127.0.0.2')));
    await expect(web([`${place.base}/a`]).has(key)).rejects.toThrow('allowed-ip-addresses');
    place.served.set('/a', to(place.base.replace('http', 'https')));
    const config = { ...loopback, 'annex.security.allowed-url-schemes': 'http' };
    await expect(web([`${place.base}/a`], {}, config).has(key)).rejects.toThrow(
      'sends on to https:',
    );
    place.served.set('/a', to(`${place.base}/a`));
    await expect(web([`${place.base}/a`]).has(key)).rejects.toThrow('the server answers 302');
    for (let step = 0; step < 30; step += 1)
      place.served.set(`/step${step}`, to(`${place.base}/step${step + 1}`));
    await expect(web([`${place.base}/step0`]).has(key)).rejects.toThrow('the server answers 302');
    expect(place.asked).not.toContain('HEAD /step20');
  });

  it.each(['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433'])(
    'is not at %s unless that is allowed',
    async (host) => {
      const url = `${place.base.replace('127.0.0.1', host)}/a`;
      const node = web([url], {}, { 'annex.security.allowed-ip-addresses': '' });
      await expect(node.has(key)).rejects.toThrow('annex.security.allowed-ip-addresses');
      expect(place.asked).toEqual([]);
    },
  );
});
