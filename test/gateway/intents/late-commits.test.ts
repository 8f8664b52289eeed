import { writeFileSync } from 'node:fs';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { IntentBook } from '../../../src/gateway/intents/index.ts';
import { Settling } from '../../../src/gateway/intents/settling.ts';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import { Reservations } from '../../../src/gateway/placing/reservations.ts';
import { ServedNode } from '../../../src/gateway/stores/served-node.ts';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import {
  annexModes,
  ownDisk,
  thisMachine,
  type LocationChange,
} from '../../../src/repository/index.ts';
import { streamOf } from '../../../src/stream/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { MemoryNode, type Step } from '../../nodes/memory-node.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { newContent, until } from '../annex-requests.ts';

const uuid = uuidOf('7d1fc0f8-2b1f-4f4e-9a0c-1d2f3a4b5c6d');

const limits = { ...defaultLimits, nodeAnswerMs: 300, nodeCommitMs: 300 };

let clock: SimulatedClock;
let annexDirectory: string;
let node: MemoryNode;
let log: LocationChange[];
/** Uploads that had room reserved when each line was logged. */
let openAtLine: number[];
let reservations: Reservations;
let notices: string[];
let settling: Settling;
let intents: IntentBook;
let work: NodeWork;
let served: ServedNode;

beforeEach(() => {
  clock = new SimulatedClock();
  node = new MemoryNode({ uuid: uuid, name: 'node' });
  [log, openAtLine, notices] = [[], [], []];
  reservations = new Reservations();
  annexDirectory = temporaryDirectory();
  const reserve = (key: Key) => reservations.make([node.uuid], key.sizeBytes ?? 0n);
  settling = new Settling({
    annexDirectory,
    disk: ownDisk,
    system: { ...thisMachine, clock },
    nodeOf: () => Promise.resolve(node),
    settle: (at, key, pending) => work.settle(at, key, pending),
    lateMs: limits.nodeCommitMs,
    isLogged: () => Promise.resolve(false),
    reserve: (_node, key) => reserve(key),
    notices: {
      raise: ({ text }) => void notices.push(text),
      clear: () => void notices.splice(0),
    },
    warn: () => undefined,
  });
  intents = bookIn(annexDirectory);
  work = new NodeWork({
    limits,
    clock,
    intents,
    record: (change) => {
      openAtLine.push(reservations.open);
      log.push(change);
      return Promise.resolve();
    },
    warn: () => undefined,
  });
  served = new ServedNode(node, work, reserve);
});

afterEach(async () => {
  node.before = () => undefined;
  await clock.ended(settling.close());
  await clock.ended(intents.close());
  work.watch.close();
});

function bookIn(directory: string): IntentBook {
  return new IntentBook({
    annexDirectory: directory,
    disk: ownDisk,
    system: { ...thisMachine, clock },
    modes: annexModes(undefined, 0o022),
    doubted: (intent) => settling.doubt(intent),
  });
}

const fail = (): Promise<void> => Promise.reject(new Error('broken disk'));

/** Has the node wait at a step until the function that it gives is called. */
function held(step: Step, then: () => Promise<void> | void = () => undefined): () => void {
  let goOn = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  node.before = async (now) => {
    if (now !== step) return;
    await gate;
    await then();
  };
  return goOn;
}

async function putOf(key: Key, content: Buffer): Promise<boolean> {
  const putting = served.put({
    key,
    associatedFile: undefined,
    offsetBytes: 0,
    lengthBytes: content.length,
    body: streamOf(content),
    signal: new AbortController().signal,
  });
  return (await clock.ended(putting)).isStored;
}

it('keeps the room of a commit that was given up until its line is logged', async () => {
  const { content, key } = newContent();
  const goOn = held('commit');
  expect(await putOf(key, content)).toBe(false);
  expect(reservations.open).toBe(1);
  await clock.ended(settling.look());
  expect(reservations.open).toBe(1);

  goOn();
  await until(() => log.length > 0, 'the late line');
  expect(openAtLine[0]).toBe(1);
  await clock.ended(settling.look());
  await until(() => reservations.open === 0, 'the room');
  expect(node.contents.get(serializeKey(key))).toEqual(content);
  expect(log.at(-1)).toMatchObject({ key, isPresent: true });
  expect(notices).toEqual([]);
});

it('gives back the room of a commit that was given up and failed then', async () => {
  const { content, key } = newContent();
  const goOn = held('commit', fail);
  expect(await putOf(key, content)).toBe(false);
  expect(reservations.open).toBe(1);
  goOn();
  await lookUntil(() => reservations.open === 0, 'the room');
  expect(log.at(-1)).toMatchObject({ key, isPresent: false, isCorrection: true });
});

/** Looks until a condition holds. */
async function lookUntil(holds: () => boolean, what: string): Promise<void> {
  const endMs = performance.now() + 20_000;
  while (!holds()) {
    if (performance.now() > endMs) throw new Error(`${what} did not come`);
    await clock.ended(settling.look());
    await clock.pass(20);
  }
}

it('keeps the room of what a peer may still store, and logs it when it has', async () => {
  const { content, key } = newContent();
  node.before = (now) => (now === 'commit' ? fail() : undefined);
  expect(await putOf(key, content)).toBe(false);
  await clock.ended(settling.look());
  expect(log).toEqual([]);
  expect(reservations.open).toBe(1);
  expect(notices).toEqual([expect.stringContaining('node may still be busy')]);

  node.contents.set(serializeKey(key), content);
  await clock.ended(settling.look());
  expect(log).toEqual([{ key, repository: uuid, isPresent: true, isCorrection: true }]);
  expect(reservations.open).toBe(0);
  expect(notices).toEqual([]);
});

it('believes a node at once that sees to what became of an act', async () => {
  const { content, key } = newContent();
  Object.assign(node, { settle: () => Promise.resolve(false) });
  node.before = (now) => (now === 'commit' ? fail() : undefined);
  expect(await putOf(key, content)).toBe(false);
  await clock.ended(settling.look());
  expect(log).toEqual([{ key, repository: uuid, isPresent: false, isCorrection: true }]);
  expect(reservations.open).toBe(0);
});

it('believes no peer that has not removed what it may still remove', async () => {
  const { content, key } = newContent();
  node.contents.set(serializeKey(key), content);
  node.before = (now) => (now === 'remove' ? fail() : undefined);
  const { signal } = new AbortController();
  await expect(served.remove(key, { signal })).rejects.toThrow('broken disk');
  await clock.ended(settling.look());
  expect(log).toEqual([]);
  node.contents.clear();
  await clock.ended(settling.look());
  expect(log).toEqual([{ key, repository: uuid, isPresent: false, isCorrection: true }]);
  expect(notices).toEqual([]);
});

it('counts the time that a peer may take only while it answers', async () => {
  const { content, key } = newContent();
  node.before = (now) => (now === 'commit' ? fail() : undefined);
  await putOf(key, content);
  await clock.ended(settling.look());
  node.before = fail;
  await clock.pass(limits.nodeCommitMs);
  await clock.ended(settling.look());
  node.before = () => undefined;
  await clock.ended(settling.look());
  expect(log).toEqual([]);
  expect(reservations.open).toBe(1);
  await lookUntil(() => log.length > 0, 'the line');
  expect(log).toEqual([{ key, repository: uuid, isPresent: false, isCorrection: true }]);
  expect(reservations.open).toBe(0);
});

it('waits likewise for what a process that is gone has begun at a peer', async () => {
  const { key } = newContent();
  const intent = intents.note({ act: 'store', key, node: uuid });
  await intent.durable;
  await clock.ended(intents.close());
  await clock.ended(settling.look());
  expect([log, reservations.open]).toEqual([[], 1]);
  await lookUntil(() => log.length > 0, 'the line');
  expect(log).toEqual([{ key, repository: uuid, isPresent: false, isCorrection: true }]);
  expect(reservations.open).toBe(0);
});

it('counts anew for an act that is tried again', async () => {
  const { content, key } = newContent();
  node.before = (now) => (now === 'commit' ? fail() : undefined);
  await putOf(key, content);
  await clock.ended(settling.look());
  await clock.pass(limits.nodeCommitMs);
  await putOf(key, content);
  await clock.ended(settling.look());
  expect(log).toEqual([]);

  await clock.pass(limits.nodeCommitMs);
  const another = bookIn(annexDirectory);
  await another.note({ act: 'store', key, node: uuid }).durable;
  await another.close();
  await clock.ended(settling.look());
  expect(log).toEqual([]);
  expect(reservations.open).toBe(1);
});

it('begins nothing more at a node where the end of too many acts is not known', async () => {
  const { content, key } = newContent();
  const acts = Array.from({ length: 1000 }, () =>
    intents.note({ act: 'store', key: newContent(1).key, node: uuid }),
  );
  for (const act of acts.slice(1)) act.doubt();
  acts[0]?.forget();
  expect(await putOf(key, content)).toBe(true);
  acts[1]?.doubt();
  const last = intents.note({ act: 'remove', key, node: uuid });
  last.doubt();
  await expect(putOf(newContent().key, content)).rejects.toThrow('it is not known how 1000');
  const { signal } = new AbortController();
  await expect(served.remove(key, { signal })).rejects.toThrow('it is not known how 1000');
  expect(node.contents.size).toBe(1);

  last.forget();
  expect(await served.remove(key, { signal })).toHaveProperty('isRemoved', true);
});

it('doubts nothing that was not begun, as it could not be noted', async () => {
  const { content, key } = newContent();
  writeFileSync(`${annexDirectory}/ballast`, '');
  expect(await putOf(key, content)).toBe(false);
  const { signal } = new AbortController();
  await expect(served.remove(key, { signal })).rejects.toThrow('ENOTDIR');
  expect([reservations.open, node.contents.size, notices]).toEqual([0, 0, []]);
});
