/** Which copies go of a content, and what they rest on. */
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

describe('a copy that is dropped', () => {
  const terms = { keeps: anything, other: { wanted: 'nothing' } };

  it('finds that the other one has vanished, which is logged and told, and made good first', async () => {
    const of = new ContentOnNodes(terms).at('keeps', 'other');
    of.node('keeps').contents.clear();
    expect(await of.repaired()).toMatchObject({ gets: 1, drops: 1, end: 'done' });
    expect([of.holders, of.logged]).toEqual([['keeps'], ['keeps']]);
    expect(of.told).toEqual([`keeps has lost ${of.keyText}`]);
  });

  it('goes with its log, and no lock stays', async () => {
    const of = new ContentOnNodes(terms).at('keeps', 'other');
    expect(await of.repaired()).toMatchObject({ gets: 0, drops: 1, end: 'done' });
    expect(of.holders).toEqual(['keeps']);
    expect(of.logged).toEqual(['keeps']);
    expect(of.node('keeps').open.size).toBe(0);
  });

  it('stays when the other copy cannot be locked or seen', async () => {
    const of = new ContentOnNodes(terms).at('keeps', 'other');
    of.node('keeps').before = () => {
      throw new NodeUnavailableError('keeps', 'it is away');
    };
    expect(await of.repaired()).toMatchObject({ drops: 0, end: 'left' });
    expect(of.node('other').contents.size).toBe(1);
  });

  it('stays when the other copy is there and can only be seen just now', async () => {
    const of = new ContentOnNodes(terms).at('keeps', 'other');
    of.node('keeps').lock = () => Promise.resolve(undefined);
    expect(await of.repaired()).toMatchObject({ drops: 0, end: 'left' });
    expect(of.holders).toEqual(['keeps', 'other']);
  });

  it('stays when the lock that it rests on breaks before it is gone', async () => {
    const of = new ContentOnNodes(terms).at('keeps', 'other');
    const keeps = of.node('keeps');
    const lock = keeps.lock.bind(keeps);
    let breakLock = (): void => undefined;
    keeps.lock = async (key) => {
      const held = await lock(key);
      const broken = new Promise<Error>((resolve) => {
        breakLock = (): void => resolve(new Error('the line broke'));
      });
      return held && { release: () => held.release(), leave: () => held.leave(), broken };
    };
    of.node('other').before = async (step) => {
      if (step !== 'remove') return;
      breakLock();
      await new Promise((resolve) => setImmediate(resolve));
    };
    expect(await of.repaired()).toMatchObject({ drops: 0, end: 'left' });
    expect(of.holders).toEqual(['keeps', 'other']);
    expect(of.told).toEqual([`other did not drop, as the copy is late, ${of.keyText}`]);
  });

  it('stays when it is locked itself, which is told', async () => {
    const of = new ContentOnNodes(terms).at('keeps', 'other');
    const lock = await of.node('other').lock(of.key);
    expect(await of.repaired()).toMatchObject({ drops: 0, end: 'left' });
    expect(of.told).toEqual([`other did not drop, as the copy is locked, ${of.keyText}`]);
    await lock?.release();
    expect(await of.repaired()).toMatchObject({ drops: 1, end: 'done' });
  });

  it('stays when a copy that it rests on goes at the last moment', async () => {
    const of = new ContentOnNodes({ ...terms, third: anything }, 2).at('keeps', 'other', 'third');
    const third = of.node('third');
    // Somebody removes it, whom the gateway hears of while it takes the locks.
    third.before = (step) => {
      if (step !== 'lock') return;
      third.contents.clear();
      of.log(third.uuid, false);
      third.before = () => {
        throw new NodeUnavailableError('third', 'it is away');
      };
    };
    expect(await of.repaired()).toMatchObject({ drops: 0, end: 'left' });
    expect(of.node('other').contents.size).toBe(1);
    expect(of.told.join()).not.toContain('other did not drop');
  });

  it('stays, and is told of, when its node fails in the middle; the locks go all the same', async () => {
    const of = new ContentOnNodes(terms).at('keeps', 'other');
    of.node('other').before = (step) => {
      if (step === 'remove') throw new NodeUnavailableError('other', 'it broke');
    };
    expect(await of.repaired()).toMatchObject({ drops: 0, end: 'left' });
    expect(of.told.join()).toContain(`other did not drop ${of.keyText}`);
    expect(of.node('keeps').open.size).toBe(0);
  });

  it('rests on no copy that was found rotten just now, be its node trusted', async () => {
    const trusted = { ...anything, trust: 'trusted' } as const;
    const of = new ContentOnNodes({ bad: trusted, other: {}, to: anything }).at('other');
    of.has('bad', rotten(of.content));
    of.node('to').before = (step) => {
      // It has it no more by the time that the drop looks.
      if (step === 'lock' || step === 'has') throw new NodeUnavailableError('to', 'it is away');
    };
    expect(await of.repaired()).toMatchObject({ gets: 1, drops: 0 });
    expect(of.node('other').contents.size).toBe(1);
  });

  it('waits until the copies are made that it would leave alone', async () => {
    const of = new ContentOnNodes({ old: {}, fresh: anything }).at('old');
    let locks = 0;
    of.node('fresh').before = (step) => {
      if (step === 'lock' || step === 'has') locks += 1;
      if (step === 'commit') throw new BallastError('NOT_ENOUGH_SPACE', 'the disk is full');
    };
    of.own.before = of.node('fresh').before;
    of.log(of.own.uuid, true);
    expect(await of.repaired()).toMatchObject({ gets: 0, drops: 0, end: 'left' });
    // No lock is taken for a drop that could not be.
    expect(locks).toBe(0);
    of.log(of.own.uuid, false);
    of.node('fresh').before = () => undefined;
    expect(await of.repaired()).toMatchObject({ gets: 1, drops: 1, end: 'done' });
    expect(of.holders).toEqual(['fresh']);
  });
});
