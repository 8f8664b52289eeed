import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../../../support/simulated-clock.ts';
import { content, piece, putPiece, readPiece } from '../rsync-remotes.ts';
import { davStore } from './dav-server.ts';
import { collection, obliging, responseOf, stubborn, toldOf } from './stand-in.ts';

const sized = toldOf(`<d:getcontentlength>${content.length}</d:getcontentlength>`);
const other = toldOf('<d:getcontentlength>3</d:getcontentlength>');

describe('what a server of WebDAV is asked', () => {
  it('is the rest of a piece by its range, and of no range is a part no answer', async () => {
    const ranges: unknown[] = [];
    let isPart = true;
    const store = await stubborn(({ headers }, response) => {
      ranges.push(headers.range);
      const from = isPart ? 3 : 0;
      response.writeHead(206, { 'content-range': `bytes ${from}-9/10` });
      response.end(content.subarray(from));
    });
    expect(await readPiece(store, 3)).toBe('3456789');
    expect(ranges).toEqual(['bytes=3-']);
    isPart = false;
    await expect(store.get(piece, 0)).rejects.toThrow(/206/);
    expect(ranges).toEqual(['bytes=3-', undefined]);
  });

  it.each(['/', '', '/dav//'])(
    'is below a url that ends in %j as below any other',
    async (path) => {
      const paths: string[] = [];
      const store = await stubborn(
        (request, response) => {
          paths.push(request.url ?? '');
          response.writeHead(207).end(sized);
        },
        { path },
      );
      await store.look(piece);
      const base = path.replaceAll('/', '') === '' ? '' : '/dav';
      expect(paths[0]).toMatch(
        new RegExp(`^${base}/[0-9a-f]{3}/[0-9a-f]{3}/X-s10--piece/X-s10--piece$`),
      );
    },
  );

  it('is to store a piece with its length where that is known', async () => {
    const lengths: unknown[] = [];
    const store = await obliging({
      PUT: (request, response) => {
        lengths.push(request.headers['content-length']);
        request.on('end', () => response.writeHead(201).end());
      },
      PROPFIND: (_, response) => response.writeHead(207).end(sized),
    });
    for (const sizeBytes of [content.length, undefined]) {
      const deposit = await store.put(piece, { sizeBytes });
      const before = lengths.length;
      await deposit.write(content.subarray(0, 5));
      await expect.poll(() => lengths.length).toBe(before + 1);
      await deposit.write(content.subarray(5));
      await deposit.commit();
    }
    expect(lengths).toEqual(['10', undefined]);
  });

  it('is to store a piece once, though its connection was lost', async () => {
    const asked: string[] = [];
    const store = await obliging({ PUT: ({ socket }) => socket.destroy() }, asked);
    await expect(putPiece(store)).rejects.toThrow(/PUT/);
    expect(asked.filter((method) => method === 'PUT')).toHaveLength(1);
  });

  it('is waited for while a client waits, and for a move as long as a copy may take', async () => {
    const clock = new SimulatedClock();
    const asked: string[] = [];
    const never = (): void => undefined;
    const hung = await obliging({ PROPFIND: never }, asked, { clock });
    const look = hung.look(piece);
    look.catch(never);
    await clock.until(() => asked.length > 0, 'the question', 0);
    await clock.pass(25_000);
    await expect(look).rejects.toThrow('no answer came in 25 s');

    const answer = { PROPFIND: sized };
    const moving = await obliging(
      { PROPFIND: (_, response) => response.writeHead(207).end(answer.PROPFIND), MOVE: never },
      asked,
      { clock },
    );
    const deposit = await moving.put(piece, { sizeBytes: content.length });
    await deposit.write(content);
    const moved = deposit.commit().then(() => 'moved', String);
    await clock.until(() => asked.includes('MOVE'), 'the move', 0);
    await clock.pass(599_000);
    expect(await Promise.race([moved, Promise.resolve('waits')])).toBe('waits');
    await clock.pass(2000);
    expect(await moved).toContain('no answer came in 600 s');
  });
});

describe('what a server of WebDAV says', () => {
  it.each([
    ['by another status', 200, sized, 'the server answers 200'],
    ['within something else', 207, sized.replaceAll('multistatus', 'other'), 'cannot be read'],
    ['at far too great length', 207, 'x'.repeat(16_000_001), 'says far too much'],
  ])('of a piece %s is not believed', async (_, status, text, why) => {
    const store = await stubborn((__, response) => response.writeHead(status).end(text));
    await expect(store.look(piece)).rejects.toThrow(why);
  });

  it('of a file at the url of the remote is that it is no collection', async () => {
    const store = await stubborn((_, response) => response.writeHead(207).end(sized));
    await expect(store.probe()).rejects.toThrow('is no collection');
  });
});

describe('a piece that has grown', () => {
  /** One whose moves are answered so, where what it grew in and its place are as told; and the requests it got. */
  const moving = async (
    statuses: readonly number[],
    grown: (moves: number) => string | undefined,
    place?: string,
  ): Promise<{ readonly put: Promise<void>; readonly asked: readonly string[] }> => {
    const asked: string[] = [];
    let moves = 0;
    const store = await obliging(
      {
        MOVE: (_, response) => {
          response.writeHead(statuses[Math.min(moves, statuses.length - 1)] ?? 201).end();
          moves += 1;
        },
        PROPFIND: ({ url = '' }, response) => {
          const told = url.includes('webdav-tmp') ? grown(moves) : place;
          response.writeHead(told === undefined ? 404 : 207).end(told ?? '');
        },
      },
      asked,
    );
    return { put: putPiece(store), asked };
  };
  const count = (asked: readonly string[], method: string): number =>
    asked.filter((one) => one === method).length;

  it.each([404, 409, 500])(
    'is moved again after a %i when its place was removed meanwhile, which is made anew',
    async (status) => {
      const { put, asked } = await moving([status, status, 201], () => sized);
      await put;
      expect(count(asked, 'MOVE')).toBe(3);
      // What pieces grow in, and the place of this one three times.
      expect(count(asked, 'MKCOL')).toBe(4);
    },
  );

  it('is not moved for ever', async () => {
    const { put, asked } = await moving([409], () => sized);
    await expect(put).rejects.toThrow(/MOVE .* the server answers 409/);
    expect(count(asked, 'MOVE')).toBe(3);
  });

  it.each([
    ['nothing', undefined],
    ['something else', other],
  ])('is lost where it is gone, and in its place is %s', async (_, place) => {
    const { put } = await moving([404], (moves) => (moves === 0 ? sized : undefined), place);
    await expect(put).rejects.toThrow(/MOVE .* the server answers 404/);
  });
});

describe('a collection', () => {
  const made = async (there: string): Promise<void> => {
    const store = await obliging({
      MKCOL: (_, response) => response.writeHead(403).end(),
      PROPFIND: ({ url = '' }, response) =>
        response.writeHead(207).end(url.endsWith('/') ? there : sized),
    });
    await putPiece(store);
  };

  it('that another one made at the same time is there', async () => {
    await expect(made(collection)).resolves.toBeUndefined();
  });

  it('is not there where a file is', async () => {
    await expect(made(sized)).rejects.toThrow(/MKCOL .* 403/);
  });

  it('that could not be made is made with the next piece', async () => {
    let isFull = true;
    const store = await obliging({
      MKCOL: (_, response) => response.writeHead(isFull ? 507 : 201).end(),
      PROPFIND: (_, response) => response.writeHead(207).end(sized),
    });
    await expect(putPiece(store)).rejects.toThrow(/507/);
    isFull = false;
    await expect(putPiece(store)).resolves.toBeUndefined();
  });
});

it('what is cleared are files of its own names alone, whose age is known', async () => {
  const uuid = (digit: number): string => `0000000${digit}-0000-4000-8000-000000000000`;
  const old = '<d:getlastmodified>Mon, 01 Jan 2001 00:00:00 GMT</d:getlastmodified>';
  const file = (name: string, properties: string): string =>
    responseOf(properties, 'HTTP/1.1 200 OK', `/dav/git-annex-webdav-tmp-ballast/${name}`);
  const told = [
    file('', `${old}<d:resourcetype><d:collection/></d:resourcetype>`),
    file(uuid(1), old),
    file(uuid(2), `${old}<d:resourcetype><d:collection/></d:resourcetype>`),
    file(uuid(3), ''),
    file('of-somebody-else', old),
    file(uuid(4), old),
  ];
  const removed: string[] = [];
  const store = await obliging({
    PROPFIND: (_, response) => {
      response.writeHead(207).end(`<d:multistatus xmlns:d="DAV:">${told.join('')}</d:multistatus>`);
    },
    DELETE: ({ url = '' }, response) => {
      removed.push(url.slice(url.lastIndexOf('/') + 1));
      response.writeHead(204).end();
    },
  });
  await store.clear();
  expect(removed).toEqual([uuid(1), uuid(4)]);
});

it('a url with a fragment cannot be used', () => {
  expect(() => davStore('http://host/dav#x')).toThrow('a query or a fragment');
});
