import { setImmediate as settled } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SimulatedClock } from '../support/simulated-clock.ts';
import { Turns } from '../../src/waiting/index.ts';

describe('turns', () => {
  it('are taken one at a time for a subject, in the order of asking', async () => {
    const turns = new Turns(new SimulatedClock());
    const said: string[] = [];
    const tell = (who: string) => async (): Promise<void> => {
      said.push(`${who} begins`);
      await Promise.resolve();
      said.push(`${who} ends`);
    };

    await Promise.all(['one', 'two', 'three'].map((who) => turns.run('key', tell(who))));

    expect(said).toEqual(
      ['one', 'two', 'three'].flatMap((who) => [`${who} begins`, `${who} ends`]),
    );
  });

  it('about one subject do not wait for another', async () => {
    const turns = new Turns(new SimulatedClock());
    const end = await turns.take('busy');

    expect(await turns.run('idle', () => Promise.resolve('ran'))).toBe('ran');
    end();
  });

  it('go on after one that failed', async () => {
    const turns = new Turns(new SimulatedClock());
    const failing = turns.run('key', () => Promise.reject(new Error('broken')));
    const next = turns.run('key', () => Promise.resolve('ran'));

    await expect(failing).rejects.toThrow('broken');
    expect(await next).toBe('ran');
  });

  it('that do not come in time are given up, and nobody overtakes who is busy', async () => {
    const clock = new SimulatedClock();
    const turns = new Turns(clock);
    const end = await turns.take('key');
    const impatient = turns.take('key', { waitMs: 5000 });
    impatient.catch(() => undefined);
    let hasCome = false;
    const patient = turns.take('key').then((ends) => {
      hasCome = true;
      return ends;
    });

    await clock.pass(4999);
    expect(await Promise.race([impatient.catch(() => 'given up'), Promise.resolve('waits')])).toBe(
      'waits',
    );
    await clock.pass(1);
    await expect(impatient).rejects.toMatchObject({ code: 'TURN_TIMEOUT' });
    await expect(impatient).rejects.toThrow('key is still busy');
    expect(hasCome).toBe(false);
    end();
    (await patient)();
    await settled();
    expect(turns.size).toBe(0);
  });

  it('are given up when the signal says so, with its reason', async () => {
    const turns = new Turns(new SimulatedClock());
    const end = await turns.take('key');
    const stop = new AbortController();
    const waiting = turns.take('key', { signal: stop.signal, waitMs: 60_000 });

    stop.abort(new Error('the client is gone'));

    await expect(waiting).rejects.toThrow('the client is gone');
    await expect(turns.take('key', { signal: stop.signal })).rejects.toThrow('the client is gone');
    end();
    await turns.run('key', () => Promise.resolve());
    await settled();
    expect(turns.size).toBe(0);
  });

  it('leave nothing behind: no subject is kept, and no listener on a signal', async () => {
    const turns = new Turns(new SimulatedClock());
    const { signal } = new AbortController();
    const added: string[] = [];
    const add = signal.addEventListener.bind(signal);
    signal.addEventListener = (...words: Parameters<typeof add>) => {
      added.push('added');
      add(...words);
    };
    const remove = signal.removeEventListener.bind(signal);
    signal.removeEventListener = (...words: Parameters<typeof remove>) => {
      added.pop();
      remove(...words);
    };
    const ends = await turns.take('key', { signal });
    const next = turns.take('key', { signal });
    expect(added).toEqual(['added']);
    ends();
    (await next)();

    expect(added).toEqual([]);
    await settled();
    expect(turns.size).toBe(0);
  });
});
