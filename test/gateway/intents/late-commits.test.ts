import { afterEach, beforeEach, expect, it } from 'vitest';
import { IntentBook } from '../../../src/gateway/intents/index.ts';
import { Settling } from '../../../src/gateway/intents/settling.ts';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { NodeWork, type LocationChange } from '../../../src/gateway/node-work.ts';
import { Reservations } from '../../../src/gateway/reservations.ts';
import { ServedNode } from '../../../src/gateway/served-node.ts';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { annexModes, ownDisk } from '../../../src/repository/index.ts';
import { streamOf } from '../../../src/stream/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';
import { MemoryNode, type Step } from '../../nodes/memory-node.ts';
import { newContent, until } from '../annex-requests.ts';

const limits = { ...defaultLimits, nodeAnswerMs: 300, nodeCommitMs: 300 };

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
  node = new MemoryNode({ uuid: uuidOf('7d1fc0f8-2b1f-4f4e-9a0c-1d2f3a4b5c6d'), name: 'node' });
  [log, openAtLine, notices] = [[], [], []];
  reservations = new Reservations();
  const annexDirectory = temporaryDirectory();
  const reserve = (key: Key) => reservations.make([node.uuid], key.sizeBytes ?? 0n);
  settling = new Settling({
    annexDirectory,
    disk: ownDisk,
    nodeOf: () => Promise.resolve(node),
    settle: (at, key) => work.settle(at, key),
    isLogged: () => Promise.resolve(false),
    reserve: (_node, key) => reserve(key),
    notices: {
      raise: ({ text }) => void notices.push(text),
      clear: () => void notices.splice(0),
    },
    warn: () => undefined,
  });
  intents = new IntentBook({
    annexDirectory,
    disk: ownDisk,
    modes: annexModes(undefined, 0o022),
    doubted: (intent) => settling.doubt(intent),
  });
  work = new NodeWork({
    limits,
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
  await settling.close();
  await intents.close();
  work.watch.close();
});

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
  const reply = await served.put({
    key,
    associatedFile: undefined,
    offsetBytes: 0,
    lengthBytes: content.length,
    body: streamOf(content),
    signal: new AbortController().signal,
  });
  return reply.isStored;
}

it('keeps the room of a commit that was given up until its line is logged', async () => {
  const { content, key } = newContent();
  const goOn = held('commit');
  expect(await putOf(key, content)).toBe(false);
  expect(reservations.open).toBe(1);
  await settling.look();
  expect(reservations.open).toBe(1);

  goOn();
  await until(() => log.length > 0, 'the late line');
  expect(openAtLine[0]).toBe(1);
  await settling.look();
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
  await until(() => node.open.size === 0, 'the end of the deposit');
  await settling.look();
  await until(() => reservations.open === 0, 'the room');
  expect(log.at(-1)).toMatchObject({ key, isPresent: false, isCorrection: true });
});
