import { describe, expect, it } from 'vitest';
import { ClientBody } from '../../../src/gateway/uploads/client-body.ts';
import { RightOfWay } from '../../../src/gateway/uploads/right-of-way.ts';
import { isErrorCode } from '../../../src/units/index.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';

const windowMs = 5000;
const clock = new SimulatedClock();
const floor = { uploadFloorWindowMs: windowMs, uploadFloorBytesPerS: 1000 };
const way = new RightOfWay(floor, clock);

const bodyOf = (source: AsyncIterable<Uint8Array>): ClientBody => new ClientBody(source, clock);

const idle = (): ClientBody => bodyOf(emptyAfter(new Promise(() => undefined)));

async function* emptyAfter(until: Promise<void>): AsyncGenerator<Uint8Array> {
  await until;
  yield* [];
}

/** Sends so many bytes each so many milliseconds. */
async function* dripping(bytes: number, everyMs: number): AsyncGenerator<Uint8Array> {
  for (;;) {
    await clock.sleep(everyMs);
    yield new Uint8Array(bytes);
  }
}

/** Reads a body until it gives way; false if it does not within some windows. */
async function givesWay(
  body: ClientBody,
  read: (body: ClientBody) => Promise<void>,
): Promise<boolean> {
  const leave = way.hold('subject', body);
  const waiting = way.waiting('subject', idle(), clock.sleep(6 * windowMs));
  const left = read(body).catch((error: unknown) => {
    if (!isErrorCode(error, 'GAVE_WAY')) throw error;
  });
  const before = Promise.race([waiting.then(() => false), left.then(() => true)]);
  await clock.pass(6 * windowMs);
  leave();
  body.close();
  return before;
}

async function readAll(body: ClientBody): Promise<void> {
  for await (const piece of body) expect(piece.length).toBeGreaterThan(0);
}

describe('an upload that another waits for', () => {
  it('gives way when its client sends nothing, or less than the floor', async () => {
    expect(await givesWay(idle(), readAll)).toBe(true);
    expect(await givesWay(bodyOf(dripping(1, 50)), readAll)).toBe(true);
  });

  it('goes on when its client is fast enough', async () => {
    expect(await givesWay(bodyOf(dripping(1000, 500)), readAll)).toBe(false);
  });

  it('goes on where what came of it would be lost, but for one that sent nothing yet', async () => {
    const lossy = (body: ClientBody): ClientBody => {
      body.goesWhereKept(false);
      return body;
    };
    expect(await givesWay(lossy(bodyOf(dripping(1, 50))), readAll)).toBe(false);
    expect(await givesWay(lossy(idle()), readAll)).toBe(true);
  });

  it('goes on when it is the disks that are slow', async () => {
    const slowDisk = async (body: ClientBody): Promise<void> => {
      const pieces = body[Symbol.asyncIterator]();
      for (;;) {
        await pieces.next();
        await clock.sleep(2 * windowMs);
      }
    };
    expect(await givesWay(bodyOf(dripping(1, 10)), slowDisk)).toBe(false);
  });

  it('is not slow for the time that the disks took', async () => {
    const none = { receivedBytes: 0, waitedMs: 0 };
    const body = bodyOf(dripping(1, 10));
    const pieces = body[Symbol.asyncIterator]();
    const first = pieces.next();
    await clock.pass(10);
    await first;
    await clock.pass(windowMs);
    expect(body.progress().receivedBytes).toBe(1);
    expect(way.isSlow(body, none, windowMs)).toBe(false);
    const waitedFor = idle();
    void readAll(waitedFor).catch(() => undefined);
    await clock.pass(windowMs);
    expect(way.isSlow(waitedFor, none, windowMs)).toBe(true);
  });

  it('gives way to no one who waits for another subject, nor when it is over', async () => {
    const body = idle();
    const leave = way.hold('other', body);
    void readAll(body).catch(() => undefined);
    const another = way.waiting('subject', idle(), clock.sleep(4 * windowMs));
    await clock.pass(4 * windowMs);
    await another;
    leave();
    const late = way.waiting('other', idle(), clock.sleep(4 * windowMs));
    await clock.pass(4 * windowMs);
    await late;
    expect(body.before).toBeUndefined();
  });

  it('is the more patient the more often it was left', () => {
    const body = idle();
    expect(way.patienceMs(body)).toBe(windowMs);
    for (let times = 1; times <= 20; times += 1) {
      void readAll(body).catch(() => undefined);
      body.giveWayTo(idle());
      expect(way.patienceMs(body)).toBe(windowMs * 2 ** Math.min(times, 5));
    }
  });
});

describe('a body that was left', () => {
  it('goes on with the piece that was being waited for, and counts each once', async () => {
    let send: (piece: number) => void = () => undefined;
    async function* source(): AsyncGenerator<Uint8Array> {
      for (;;) {
        const piece = await new Promise<number>((resolve) => {
          send = resolve;
        });
        yield Uint8Array.of(piece);
      }
    }
    const body = bodyOf(source());
    const other = idle();
    const first = body[Symbol.asyncIterator]().next();
    send(1);
    expect((await first).value).toEqual(Uint8Array.of(1));
    const left = body[Symbol.asyncIterator]().next();
    body.giveWayTo(other);
    await expect(left).rejects.toMatchObject({ code: 'GAVE_WAY' });
    expect(body.before).toBe(other);
    send(2);
    await clock.pass(0);
    expect(body.receivedBytes).toBe(1);
    body.goOn();
    const again = body[Symbol.asyncIterator]();
    expect((await again.next()).value).toEqual(Uint8Array.of(2));
    const third = again.next();
    await clock.pass(0);
    send(3);
    expect((await third).value).toEqual(Uint8Array.of(3));
    expect(body.receivedBytes).toBe(3);
    expect(body.before).toBeUndefined();
  });

  it('stays left until the other is over, or slow, or its own client is gone', async () => {
    const { signal } = new AbortController();
    const over = bodyOf(dripping(1000, 500));
    clock.after(2.5 * windowMs, () => over.close());
    void readAll(over).catch(() => undefined);
    let isOver = false;
    const waited = way.otherOver(over, idle(), signal).then(() => {
      isOver = true;
    });
    await clock.pass(2 * windowMs);
    expect(isOver).toBe(false);
    await clock.pass(windowMs);
    await waited;

    const slow = idle();
    void readAll(slow).catch(() => undefined);
    const given = way.otherOver(slow, idle(), signal);
    await clock.pass(windowMs);
    await given;

    const gone = new AbortController();
    const left = way.otherOver(idle(), idle(), gone.signal);
    gone.abort(new Error('the client is gone'));
    await expect(left).rejects.toThrow('the client is gone');
    await expect(way.otherOver(idle(), idle(), gone.signal)).rejects.toThrow('the client is gone');
  });
});
