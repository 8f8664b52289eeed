import { existsSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { content, piece, putPiece, readPiece } from '../rsync-remotes.ts';
import { placeIn } from '../special-nodes.ts';
import { DavServer, davStore, hasApache, login } from './dav-server.ts';
import { collection, obliging, statusOf, stubborn, toldOf } from './stand-in.ts';

describe.skipIf(!hasApache)('a webdav remote', () => {
  let running: DavServer | undefined;
  const server = async (): Promise<DavServer> => (running ??= await DavServer.start());
  afterAll(async () => running?.stop());

  it('keeps a piece where git-annex keeps it, and nothing else', async () => {
    const { url, files } = await server();
    const store = davStore(url);
    await putPiece(store);

    expect(statSync(placeIn(files, piece)).size).toBe(content.length);
    expect(readdirSync(join(files, 'git-annex-webdav-tmp-ballast'))).toEqual([]);
    expect(await readPiece(store, 3)).toBe('3456789');
    await putPiece(store, piece, Buffer.from('9876543210'));
    expect(await readPiece(store)).toBe('9876543210');
    await store.remove(piece);
    expect(existsSync(dirname(placeIn(files, piece)))).toBe(false);
    expect(await store.look(piece)).toBeUndefined();
    await store.close();
  });

  it('that is of another account says so, and that nothing is there does it not say', async () => {
    const { url } = await server();
    const store = davStore(url, { login, password: 'wrong' });
    await expect(store.look(piece)).rejects.toThrow(/401: it does not know the login/);
    await expect(store.get(piece, 0)).rejects.toThrow(/401/);
    await expect(putPiece(store)).rejects.toThrow(/401/);
    await expect(store.probe()).rejects.toThrow(/401/);
    await expect(store.look(piece)).rejects.not.toThrow(/wrong/);
    await store.close();
  });

  it('whose url is not there any more has nothing to say', async () => {
    const { url } = await server();
    const store = davStore(`${url}/gone`);
    await expect(store.look(piece)).rejects.toThrow('there is nothing at the url of the remote');
    await expect(store.get(piece, 0)).rejects.toThrow('there is nothing at the url');
    await expect(store.remove(piece)).rejects.toThrow('there is nothing at the url');
    await expect(putPiece(store)).rejects.toThrow(/MKCOL .*409/);
    await store.close();
  });

  it('goes on when somebody has removed what pieces grow in', async () => {
    const { url, files } = await server();
    const store = davStore(url);
    await putPiece(store);
    await store.remove(piece);
    rmSync(join(files, 'git-annex-webdav-tmp-ballast'), { recursive: true });

    await expect(putPiece(store)).rejects.toThrow(/PUT .*409/);
    await putPiece(store);
    expect(await readPiece(store)).toBe('0123456789');
    await store.remove(piece);
    await store.close();
  });

  it('clears what has not grown for a week, and not what grows', async () => {
    const { url, files } = await server();
    const store = davStore(url);
    const [old, young] = [
      await store.put(piece, { sizeBytes: content.length }),
      await store.put(piece, { sizeBytes: content.length }),
    ];
    const temporaries = join(files, 'git-annex-webdav-tmp-ballast');
    for (const each of [old, young]) await each.write(content);
    const grown = (): readonly string[] =>
      readdirSync(temporaries).filter((name) => !name.startsWith('.'));
    await expect.poll(grown).toHaveLength(2);
    const [first = ''] = grown();
    const weekAgo = Date.now() / 1000 - 8 * 24 * 3600;
    utimesSync(join(temporaries, first), weekAgo, weekAgo);

    await store.clear();
    expect(grown()).not.toContain(first);
    expect(grown()).toHaveLength(1);
    for (const each of [old, young]) await each.abandon();
    expect(readdirSync(temporaries)).toEqual([]);
    await store.close();
  });

  it('that ends in the middle of an upload fails it, and is asked anew when it is back', async () => {
    const own = await DavServer.start();
    const store = davStore(own.url);
    const deposit = await store.put(piece, { sizeBytes: 8_000_000 });
    await deposit.write(Buffer.alloc(2_000_000));
    await own.stop();
    await expect(
      (async () => {
        for (let written = 0; written < 6; written += 1)
          await deposit.write(Buffer.alloc(1_000_000));
        await deposit.commit();
      })(),
    ).rejects.toThrow(/PUT/);
    await expect(deposit.abandon()).rejects.toThrow(/DELETE/);
    await expect(store.look(piece)).rejects.toThrow(/PROPFIND/);
    await store.close();
  });
});

describe('a server of WebDAV', () => {
  it('that has no room left fails the upload at once', async () => {
    const store = await stubborn((request, response) => {
      if (request.method !== 'PUT') {
        response.writeHead(201).end();
        return;
      }
      response.writeHead(507).end();
    });
    const deposit = await store.put(piece, { sizeBytes: 80_000_000 });
    await expect(
      (async () => {
        for (let i = 0; i < 80; i += 1) await deposit.write(Buffer.alloc(1_000_000));
        await deposit.commit();
      })(),
    ).rejects.toThrow(/507/);
    await deposit.abandon().catch(() => undefined);
  });

  it('that says that it has all of what was not sent yet is not believed', async () => {
    const store = await stubborn((_, response) => response.writeHead(201).end());
    const deposit = await store.put(piece, { sizeBytes: 8_000_000 });
    await expect(
      (async () => {
        for (let i = 0; i < 8; i += 1) {
          await deposit.write(Buffer.alloc(500_000));
          await new Promise((resolve) => setTimeout(resolve, 20));
        }
        await deposit.commit();
      })(),
    ).rejects.toThrow(/PUT/);
  });

  it.each([
    ['a page for whatever it is asked', 200, '<html></html>'],
    ['what is no XML', 207, 'oops'],
    ['XML of something else', 207, '<error/>'],
    ['a list of nothing', 207, '<multistatus xmlns="DAV:"/>'],
    ['an answer that is none', 207, toldOf('<d:getcontentlength/>', 'HTTP/1.1 404 Not Found')],
    ['no more than that it is there', 207, toldOf('', 'HTTP/1.1 403 Forbidden')],
    ['an error', 503, ''],
  ])('that answers with %s leaves it unknown whether a piece is there', async (_, status, text) => {
    const store = await stubborn((__, response) => response.writeHead(status).end(text));
    await expect(store.look(piece)).rejects.toThrow(/PROPFIND/);
  });

  it('that sends on to another place is not followed, and its account is told nobody else', async () => {
    const store = await stubborn((_, response) => {
      response.writeHead(302, { location: 'http://127.0.0.1:1/' }).end();
    });
    await expect(store.get(piece, 0)).rejects.toThrow(/302 and sends on .*: set the url/);
  });

  it('that gives another part than was asked for is not believed', async () => {
    const store = await stubborn((_, response) => {
      response.writeHead(206, { 'content-range': 'bytes 0-9/10' }).end('0123456789');
    });
    await expect(store.get(piece, 3)).rejects.toThrow('another part than was asked for');
  });

  it('that has a collection where a piece would be says so', async () => {
    const store = await stubborn((_, response) => response.writeHead(207).end(collection));
    await expect(store.look(piece)).rejects.toThrow('a collection in the place of');
  });

  it('whose connection was lost is asked again, and not for ever', async () => {
    let asked = 0;
    const store = await stubborn((request, response) => {
      asked += 1;
      if (asked < 3) request.socket.destroy();
      else response.writeHead(404).end();
    });
    await expect(store.look(piece)).rejects.toThrow('there is nothing at the url');
    asked = -100;
    await expect(store.look(piece)).rejects.toThrow(/PROPFIND/);
    expect(asked).toBe(-97);
  });

  it.each([
    ['less than it was sent', '<d:getcontentlength>0</d:getcontentlength>', /has 0 bytes of 10/],
    ['it does not tell what', '', /has an unknown number of bytes/],
  ])('that says that it has stored %s shows no piece', async (_, properties, error) => {
    const asked: string[] = [];
    const store = await obliging(
      { PROPFIND: (__, response) => response.writeHead(207).end(toldOf(properties)) },
      asked,
    );
    await expect(putPiece(store)).rejects.toThrow(error);
    expect(asked).not.toContain('MOVE');
    expect(asked.at(-1)).toBe('DELETE');
  });

  it('that has moved a piece, though its answer was lost, has it', async () => {
    const there = toldOf(`<d:getcontentlength>${content.length}</d:getcontentlength>`);
    let isMoved = false;
    const store = await obliging({
      MOVE: (request, response) => {
        if (isMoved) response.writeHead(404).end();
        else request.socket.destroy();
        isMoved = true;
      },
      PROPFIND: ({ url = '' }, response) => {
        const isGone = isMoved === url.includes('webdav-tmp');
        response.writeHead(isGone ? 404 : 207).end(isGone ? '' : there);
      },
    });
    await putPiece(store);
    expect(isMoved).toBe(true);
  });

  it('is asked other things while it takes more uploads than there are connections for these', async () => {
    const store = await obliging({
      PROPFIND: (_, response) => response.writeHead(207).end(collection),
    });
    const deposits = await Promise.all(
      Array.from({ length: 20 }, () => store.put(piece, { sizeBytes: 1000 })),
    );
    await Promise.all(deposits.map((deposit) => deposit.write(content)));
    await expect(store.probe()).resolves.toBeUndefined();
    await Promise.all(deposits.map((deposit) => deposit.abandon()));
  });

  it('that takes nothing any more lets go of who waits when the upload is given up', async () => {
    const store = await stubborn((request, response) => {
      if (request.method === 'PUT') request.socket.pause();
      else response.writeHead(statusOf(request)).end();
    });
    const deposit = await store.put(piece, { sizeBytes: 100_000_000 });
    const written = (async () => {
      for (let i = 0; i < 100; i += 1) await deposit.write(Buffer.alloc(1_000_000));
    })();
    await Promise.all([
      expect(written).rejects.toThrow(/PUT/),
      new Promise((resolve) => setTimeout(resolve, 100)).then(() => deposit.abandon()),
    ]);
  });
});

it.each([
  ['ftp://host/dav', 'no url of http or https'],
  ['dav', 'no url of http or https'],
  ['http://host/dav?x=1', 'a query or a fragment'],
  ['http://user:secret@host/dav', 'a login in it'],
])('a remote at %s cannot be used', (url, why) => {
  expect(() => davStore(url)).toThrow(why);
  expect(() => davStore(url)).not.toThrow('secret');
});
