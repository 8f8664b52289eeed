/** How a content comes to where it is wanted: from whom, past what is rotten or away, and what then may go. */
import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { NodeUnavailableError } from '../../../src/nodes/index.ts';
import { BallastError } from '../../../src/units/index.ts';
import { ContentOnNodes } from './repaired-content.ts';

const anything = { wanted: 'anything' };

/** Other bytes of the same length. */
function rotten(content: Buffer): Buffer {
  const bytes = Buffer.from(content);
  bytes[10] = (bytes[10] ?? 0) ^ 1;
  return bytes;
}

describe('a copy that is made', () => {
  it('comes from the cheapest node that has it', async () => {
    const of = new ContentOnNodes({
      dear: { ...anything, cost: 300 },
      cheap: anything,
      to: anything,
    });
    const asked: string[] = [];
    for (const name of ['dear', 'cheap']) {
      of.node(name).before = (step) => void (step === 'get' && asked.push(name));
    }
    const swapped = of.at('cheap', 'dear');
    expect(await swapped.repaired()).toMatchObject({ gets: 1, drops: 0, end: 'done' });
    expect(of.holders).toEqual(['dear', 'cheap', 'to']);
    expect(asked).toHaveLength(1);
  });

  it('comes from the gateway where no node has it', async () => {
    const of = new ContentOnNodes({ to: anything }).at('gateway');
    expect(await of.repaired()).toMatchObject({ gets: 1, end: 'done' });
    expect(of.holders).toEqual(['to', 'gateway']);
  });

  it.each([
    ['has rotted', rotten],
    ['was cut off', (content: Buffer) => content.subarray(0, 500)],
    ['is too long', (content: Buffer) => Buffer.concat([content, content])],
    ['was emptied', () => Buffer.alloc(0)],
  ])('is not one that %s: that is told, and the next one gives', async (_what, spoiled) => {
    const of = new ContentOnNodes({ bad: anything, good: anything, to: anything }).at('good');
    of.has('bad', spoiled(of.content));
    expect(await of.repaired()).toMatchObject({ gets: 1, end: 'done' });
    expect(of.node('to').contents.get(of.keyText)?.equals(of.content)).toBe(true);
    expect(of.told).toEqual([`bad gave a copy that nobody could store of ${of.keyText}`]);
  });

  it('is none where only a rotten one could give it, and what is rotten goes nowhere', async () => {
    const of = new ContentOnNodes({ bad: anything, to: anything });
    of.has('bad', rotten(of.content));
    expect(await of.repaired()).toMatchObject({ gets: 0, end: 'left' });
    expect(of.node('to').contents.size + of.node('to').partials.size).toBe(0);
  });

  it('comes from the next one when one breaks off, and goes on where that was', async () => {
    const of = new ContentOnNodes({ breaks: anything, good: anything, to: anything });
    of.at('breaks', 'good');
    of.node('breaks').get = () =>
      Promise.resolve({
        sizeBytes: of.content.length,
        stream: {
          lengthBytes: of.content.length,
          async *[Symbol.asyncIterator]() {
            await Promise.resolve();
            yield of.content.subarray(0, 400);
            throw new NodeUnavailableError('breaks', 'the line broke');
          },
          close: () => Promise.resolve(),
        },
      });
    const from: number[] = [];
    const get = of.node('good').get.bind(of.node('good'));
    of.node('good').get = async (key, fromByte) => {
      from.push(fromByte);
      return await get(key, fromByte);
    };
    expect(await of.repaired()).toMatchObject({ gets: 1, end: 'done' });
    expect(of.told).toMatchObject([expect.stringContaining('breaks did not give a copy of')]);
    expect(from).toEqual([400]);
    expect(of.holders).toContain('to');
  });

  it('comes from the next one when one gives less than it has said', async () => {
    const of = new ContentOnNodes({ short: anything, good: anything, to: anything });
    of.at('short', 'good');
    of.node('short').get = () =>
      Promise.resolve({
        sizeBytes: of.content.length,
        stream: {
          lengthBytes: of.content.length,
          async *[Symbol.asyncIterator]() {
            await Promise.resolve();
            yield of.content.subarray(0, 400);
          },
          close: () => Promise.resolve(),
        },
      });
    expect(await of.repaired()).toMatchObject({ gets: 1, end: 'done' });
    expect(of.holders).toContain('to');
  });

  it('begins anew where what was kept of it is wrong, and blames no source for that', async () => {
    const of = new ContentOnNodes({ good: anything, to: anything }).at('good');
    of.keeps('to', rotten(of.content).subarray(0, 400));
    expect(await of.repaired()).toMatchObject({ gets: 1, end: 'done' });
    expect(of.holders).toEqual(['good', 'to']);
    expect(of.told).toEqual([]);
  });

  it('begins where the nodes that get it are all able to go on', async () => {
    const of = new ContentOnNodes({ good: anything, one: anything, two: anything }).at('good');
    of.keeps('one', of.content.subarray(0, 300)).keeps('two', of.content.subarray(0, 200));
    const from: number[] = [];
    const get = of.node('good').get.bind(of.node('good'));
    of.node('good').get = async (key, fromByte) => {
      from.push(fromByte);
      return await get(key, fromByte);
    };
    expect(await of.repaired()).toMatchObject({ gets: 2, end: 'done' });
    expect(from).toEqual([200]);
  });

  it('asks no second source where the node has no room', async () => {
    const of = new ContentOnNodes({ one: anything, two: anything, full: anything });
    of.at('one', 'two');
    of.node('full').before = (step) => {
      if (step === 'write') throw new BallastError('NOT_ENOUGH_SPACE', 'the disk is full');
    };
    let asked = 0;
    for (const name of ['one', 'two']) {
      of.node(name).before = (step) => void (step === 'get' && (asked += 1));
    }
    expect(await of.repaired()).toMatchObject({ gets: 0, drops: 0, end: 'left' });
    expect(asked).toBe(1);
    expect(of.told.join()).toContain('the disk is full');
    expect(of.logged).toEqual(['one', 'two']);
  });

  it('is left where the node is away, and the others get theirs', async () => {
    const of = new ContentOnNodes({ one: anything, away: anything, two: anything }).at('one');
    of.node('away').before = () => {
      throw new NodeUnavailableError('away', 'it is away');
    };
    const repaired = await of.repaired();
    expect(repaired).toMatchObject({ gets: 1, end: 'left' });
    expect(repaired.last.gets).toEqual([of.node('away').uuid]);
    expect(of.logged).toEqual(['one', 'two']);
  });

  it('is none when nobody wants it any more by the time that it would be made', async () => {
    const of = new ContentOnNodes({ from: anything, to: anything }).at('from');
    of.node('from').before = (step) => {
      if (step === 'get') of.unwant();
    };
    expect(await of.repaired()).toMatchObject({ gets: 0, end: 'done' });
    expect(of.holders).toEqual(['from']);
    expect(of.told).toEqual([]);
  });

  it('is none, and repair ends, when another process has got the right to place', async () => {
    const of = new ContentOnNodes({ from: anything, to: anything }).at('from');
    of.claim = () => Promise.reject(new BallastError('PLACEMENT_BUSY', 'busy'));
    await expect(of.repaired()).rejects.toMatchObject({ code: 'PLACEMENT_BUSY' });
    expect(of.told).toEqual([]);
  });

  it('is left where who should give it has it and does not, which the log still says', async () => {
    const of = new ContentOnNodes({ from: anything, to: anything }).at('from');
    of.node('from').get = () => Promise.resolve(undefined);
    expect(await of.repaired()).toMatchObject({ gets: 0, end: 'left' });
    expect(of.logged).toEqual(['from']);
  });

  it('is looked for anew when who should give it has lost it', async () => {
    const of = new ContentOnNodes({ lost: anything, good: anything }).at('lost', 'good');
    of.node('lost').contents.clear();
    const all = new ContentOnNodes({ lost: anything, good: anything, to: anything });
    all.at('lost', 'good').node('lost').contents.clear();
    expect(await all.repaired()).toMatchObject({ gets: 2, end: 'done' });
    expect(all.holders).toEqual(['lost', 'good', 'to']);
    expect(all.told).toEqual([`lost has lost ${all.keyText}`]);
  });
});

describe('a content', () => {
  it('that would never settle is told with its circle, and not moved', async () => {
    const of = new ContentOnNodes({
      keeps: anything,
      one: { wanted: 'copies=nodes:1', group: 'archive' },
      two: { wanted: 'not copies=archive:1', group: 'nodes' },
    }).at('keeps');
    const [one, two] = [of.node('one').uuid, of.node('two').uuid];
    const repaired = await of.repaired();
    expect(repaired).toMatchObject({ gets: 0, drops: 0, end: 'cycle' });
    expect(new Set(repaired.circle.map((move) => `${move.kind} ${move.repository}`))).toEqual(
      new Set([`get ${one}`, `drop ${one}`, `get ${two}`, `drop ${two}`]),
    );
    expect(of.holders).toEqual(['keeps']);
  });

  it('is left in the middle when repair is told to stop, with no lock', async () => {
    const of = new ContentOnNodes({ from: {}, to: anything }).at('from');
    of.node('to').before = (step) => {
      if (step === 'commit') of.stopping.abort(new Error('stopped'));
    };
    await expect(of.repaired()).rejects.toThrow('stopped');
    expect(of.node('from').contents.size).toBe(1);
    expect(of.node('to').open.size + of.node('from').open.size).toBe(0);
    await expect(of.repaired()).rejects.toThrow('stopped');
  });

  it('leaves nothing behind on the signal that many share', async () => {
    const of = new ContentOnNodes({ from: {}, to: anything }).at('from');
    await of.repaired();
    expect(of.holders).toEqual(['to']);
    expect(getEventListeners(of.stopping.signal, 'abort')).toEqual([]);
    const dependents = Object.getOwnPropertySymbols(of.stopping.signal).filter((symbol) =>
      String(symbol).includes('kDependantSignals'),
    );
    expect(dependents).toEqual([]);
  });
});
