import { describe, expect, it } from 'vitest';
import { addressGroup } from '../../../src/gateway/access/address-group.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { thisMachine } from '../../../src/repository/index.ts';
import {
  addressesMax,
  delayMsMax,
  forgottenMs,
  LoginThrottle,
  waitingMax,
  type Login,
} from '../../../src/gateway/access/login-throttle.ts';

/** A throttle whose time is the test's own. */
class Trial {
  readonly throttle: LoginThrottle;
  /** Delays asked for and not ended yet. */
  readonly delays: { readonly ms: number; readonly end: () => void }[] = [];
  readonly clock = new SimulatedClock();
  checks = 0;

  constructor() {
    const { clock, delays } = this;
    const sleep = (ms: number): Promise<void> =>
      new Promise((resolve) => {
        delays.push({ ms, end: resolve });
      });
    this.throttle = new LoginThrottle({
      ...thisMachine.clock,
      steadyMs: () => clock.steadyMs(),
      sleep,
    });
  }

  login(address: string | undefined, isRight: boolean): Promise<Login<object>> {
    return this.throttle.login(address, () => {
      this.checks += 1;
      return isRight ? {} : undefined;
    });
  }

  /** Ends the delay that was asked for first, and gives what follows a moment; its length. */
  async next(): Promise<number | undefined> {
    const delay = this.delays.shift();
    delay?.end();
    await new Promise(setImmediate);
    return delay?.ms;
  }

  /** A login that fails, with nothing else going on; how long it took. */
  async fail(address: string): Promise<number | undefined> {
    const login = this.login(address, false);
    const tookMs = await this.next();
    const { kind } = await login;
    if (kind !== 'unknown') throw new Error(`it is ${kind}`);
    return tookMs;
  }
}

describe('a login that fails', () => {
  it('takes longer the more have failed, up to a limit', async () => {
    const trial = new Trial();
    const took: number[] = [];
    for (let count = 0; count < 100; count += 1) took.push((await trial.fail('192.0.2.1')) ?? 0);
    expect(took.slice(0, 4)).toEqual([50, 100, 150, 200]);
    expect(took.at(-1)).toBe(delayMsMax);
    expect(took).toEqual([...took].sort((one, other) => one - other));
  });

  it('is slow for its address and for no other', async () => {
    const trial = new Trial();
    for (let count = 0; count < 100; count += 1) await trial.fail('192.0.2.1');
    const slow = trial.login('192.0.2.1', false);
    expect(await trial.login('192.0.2.2', true)).toEqual({ kind: 'known', as: {} });
    expect(await trial.login(undefined, true)).toEqual({ kind: 'known', as: {} });
    const other = trial.login('2001:db8::1', false);
    expect(trial.delays.map(({ ms }) => ms)).toEqual([delayMsMax, 50]);
    await trial.next();
    await trial.next();
    expect(await Promise.all([slow, other])).toEqual([{ kind: 'unknown' }, { kind: 'unknown' }]);
  });

  it('is forgotten in time', async () => {
    const trial = new Trial();
    for (let count = 0; count < 10; count += 1) await trial.fail('192.0.2.1');
    await trial.clock.pass(forgottenMs + 1);
    expect(await trial.fail('192.0.2.1')).toBe(50);
  });

  it('does not lock right credentials out', async () => {
    const trial = new Trial();
    for (let count = 0; count < 1000; count += 1) await trial.fail('192.0.2.1');
    expect(await trial.login('192.0.2.1', true)).toEqual({ kind: 'known', as: {} });
    const guess = trial.login('192.0.2.1', false);
    const right = trial.login('192.0.2.1', true);
    expect(await trial.next()).toBe(delayMsMax);
    expect(await guess).toEqual({ kind: 'unknown' });
    expect(await right).toEqual({ kind: 'known', as: {} });
  });
});

describe('many guesses at once', () => {
  it('are looked at one after the other, and beyond a number not at all', async () => {
    const trial = new Trial();
    const guesses = Array.from({ length: waitingMax + 10 }, () => trial.login('::1', false));
    await new Promise(setImmediate);
    expect(trial.checks).toBe(1);
    for (let count = 1; count <= waitingMax; count += 1) {
      expect(trial.checks).toBe(count);
      expect(trial.delays).toHaveLength(1);
      expect(await trial.next()).toBe(Math.min(delayMsMax, count * 50));
    }
    expect(trial.checks).toBe(waitingMax);
    const kinds = (await Promise.all(guesses)).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'unknown')).toHaveLength(waitingMax);
    expect(kinds.slice(-10)).toEqual(Array.from({ length: 10 }, () => 'refused'));
  });

  it('from many addresses take no more memory than a number of them', async () => {
    const trial = new Trial();
    for (let count = 0; count < addressesMax + 50; count += 1) {
      await trial.fail(`10.${count >> 16}.${(count >> 8) & 255}.${count & 255}`);
    }
    expect(trial.throttle.addressCount).toBe(addressesMax);
    // The oldest are the ones forgotten.
    expect(await trial.fail('10.0.0.0')).toBe(50);
    expect(await trial.fail('10.0.1.0')).toBe(100);
  });
});

describe('what counts as one address', () => {
  it.for([
    [undefined, 'unix socket'],
    ['192.0.2.7', '192.0.2.7'],
    ['::ffff:192.0.2.7', '192.0.2.7'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:DB8:1:2::9', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::', '2001:db8:1:2::/64'],
    ['2001:db8::1', '2001:db8:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ] as const)('%s is in %s', ([address, group]) => {
    expect(addressGroup(address)).toBe(group);
  });
});
