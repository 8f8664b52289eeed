import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import {
  AnnexBranch,
  branchRef,
  createRepository,
  ObjectStore,
  RecordLocks,
  thisMachine,
  type System,
} from '../../src/repository/index.ts';
import { errorCode } from '../../src/units/index.ts';
import { imaginaryUuid } from '../support/branch.ts';
import { git } from '../support/git-annex.ts';
import { MemoryCommits } from '../support/memory-commits.ts';
import { put, sha256Key, temporaryDirectory } from '../support/objects.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';

const minuteMs = 60_000;
const content = Buffer.from('some content');
const key = sha256Key(content);

const closes: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closes.splice(0)) await close();
});

/** This machine, but for its time. */
function machineOf(clock: SimulatedClock): System {
  return { ...thisMachine, clock, locks: new RecordLocks(clock) };
}

/** When the promise on disk ends, by the clock's time of day. */
function promisedUntil(directory: string): number {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  const name = names.find((one) => one.endsWith('.rtm'));
  return name === undefined ? 0 : Number.parseFloat(readFileSync(join(directory, name), 'utf8'));
}

it('a lock that is held for an hour promises ten more minutes at any time, on disk', async () => {
  const clock = new SimulatedClock();
  const directory = temporaryDirectory();
  const store = new ObjectStore({
    gitDirectory: directory,
    isBare: true,
    system: machineOf(clock),
  });
  await put(store, key, content);
  const lock = await store.lock(key);
  const objects = join(directory, 'annex', 'objects');

  for (let minutes = 0; minutes < 60; minutes += 3) {
    await clock.pass(3 * minuteMs);
    const renewedMs = clock.wallMs();
    await clock.until(
      () => promisedUntil(objects) * 1000 >= renewedMs + 10 * minuteMs - 10,
      'a renewed promise',
      0,
    );
    expect(await store.remove(key)).toBe('locked');
  }

  await lock?.leave();
  expect(clock.timers).toBe(0);
  await clock.pass(10 * minuteMs - 1000);
  expect(await store.remove(key)).toBe('locked');
  await clock.pass(1000);
  expect(await store.remove(key)).toBe('removed');
});

it('a wall clock that is put back keeps contents for longer, and never for less long', async () => {
  const clock = new SimulatedClock();
  const store = new ObjectStore({
    gitDirectory: temporaryDirectory(),
    isBare: true,
    system: machineOf(clock),
  });
  await put(store, key, content);
  await (await store.lock(key))?.leave();

  clock.setWall(clock.wallMs() - minuteMs);
  await clock.pass(10 * minuteMs);

  expect(await store.remove(key)).toBe('locked');
  await clock.pass(minuteMs);
  expect(await store.remove(key)).toBe('removed');
});

it('changes are committed 50 ms after the last, and 500 ms after the first at the latest', async () => {
  const clock = new SimulatedClock();
  const directory = join(temporaryDirectory(), 'a.git');
  await createRepository(directory, { uuid: imaginaryUuid(1), branch: [] });
  const branch = await AnnexBranch.open(directory, { system: machineOf(clock) });
  closes.push(() => clock.ended(branch.close()));
  const tip = await branch.tip();
  const change = (text: string): Promise<void> =>
    branch.change([{ path: 'uuid.log', edit: (old) => `${old}${text}\n` }]);

  await clock.ended(change('one'), 0);
  const beganMs = clock.steadyMs();
  while (clock.steadyMs() < beganMs + 490) {
    await clock.pass(49);
    expect(await branch.tip()).toBe(tip);
    await clock.ended(change(`at ${clock.steadyMs()}`), 0);
  }
  expect(await branch.tip()).toBe(tip);
  await clock.pass(beganMs + 500 - clock.steadyMs());
  expect(await waited(async () => (await branch.tip()) !== tip)).toBe(true);
  expect(await branch.readCommitted('uuid.log', (await branch.tip()) ?? '')).toContain('at 490');
});

it('a lock that somebody keeps is waited for so long, by the clock', async () => {
  const clock = new SimulatedClock();
  const path = join(temporaryDirectory(), 'a.lck');
  const disk = thisMachine.disks.own();
  const held = await thisMachine.locks.lock(path, 'exclusive', {
    disk,
    create: true,
    timeoutMs: 0,
  });
  const locks = new RecordLocks(clock);
  let outcome: unknown = 'waits';
  void locks.lock(path, 'exclusive', { disk, timeoutMs: 60 * minuteMs }).catch((error: unknown) => {
    outcome = errorCode(error);
  });

  await clock.pass(minuteMs);
  expect(outcome).toBe('waits');
  await clock.until(() => outcome !== 'waits', 'the end of waiting', minuteMs);
  expect(outcome).toBe('FILE_LOCK_TIMEOUT');
  expect(clock.steadyMs()).toBeGreaterThanOrEqual(60 * minuteMs);
  held.release();
});

it('what others commit meanwhile is united with, when commits are not even of git', async () => {
  const clock = new SimulatedClock();
  const directory = join(temporaryDirectory(), 'a.git');
  git('.', 'init', '-q', '--bare', directory);
  const commits = new MemoryCommits();
  const system = { ...machineOf(clock), commits: () => commits };
  const branch = await AnnexBranch.open(directory, { system });
  closes.push(() => clock.ended(branch.close()));
  const path = 'uuid.log';
  const line = (number: number): string => `${imaginaryUuid(number)} node timestamp=1s\n`;
  await clock.ended(branch.change([{ path, edit: (old) => old + line(1) }]));
  await clock.until(() => commits.tips.has(branchRef), 'a first commit');
  const first = commits.tips.get(branchRef) ?? '';

  commits.beforeMove = async () => {
    commits.beforeMove = () => Promise.resolve();
    const note = { message: 'others', identity: { name: 'a', email: 'b' }, timeMs: 0 };
    const files = [{ path, content: { kind: 'text' as const, text: line(1) + line(2) } }];
    const to = await commits.write({ ...note, parents: [first], files });
    await commits.move({ ref: branchRef, from: first, to });
  };
  await clock.ended(branch.change([{ path, edit: (old) => old + line(3) }]));
  const shown = (): string => commits.tips.get(branchRef) ?? '';
  const all = line(1) + line(2) + line(3);
  await clock.until(
    () => commits.commits.get(shown())?.files.get(path) === all,
    'a second commit, made again',
  );
  const tip = shown();
  expect(await waited(async () => (await branch.journalPaths()).length === 0)).toBe(true);

  expect([...commits.commits.values()].map(({ parents }) => parents.length)).toEqual([0, 1, 1, 1]);
  expect(await branch.readCommitted(path, tip)).toBe(all);
  expect(git(directory, 'for-each-ref')).toBe('');
});

/** Whether something comes to hold soon that waits for a program, and not for the clock. */
async function waited(holds: () => Promise<boolean>): Promise<boolean> {
  const endMs = performance.now() + 20_000;
  while (performance.now() < endMs) if (await holds()) return true;
  return false;
}
