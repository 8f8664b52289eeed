import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/gateway/limits.ts';
import { NodeWork } from '../../../../src/gateway/nodes/node-work.ts';
import type { LocationChange } from '../../../../src/repository/index.ts';
import { NodeSuspectedError } from '../../../../src/gateway/nodes/watch/node-watch.ts';
import { Notices } from '../../../../src/gateway/notices/notices.ts';
import type { Upload } from '../../../../src/gateway/uploads/upload.ts';
import { serializeKey, type Key } from '../../../../src/key/index.ts';
import { streamOf } from '../../../../src/stream/index.ts';
import { MemoryNode, type Step } from '../../../nodes/memory-node.ts';
import { imaginaryUuid } from '../../../support/branch.ts';
import { newContent } from '../../annex-requests.ts';
import type { Stored } from '../../../../src/gateway/nodes/outcomes.ts';
import { SimulatedClock } from '../../../support/simulated-clock.ts';

/** Long ones are as they are: what ends in time here is not ended by them. */
const limits = {
  ...defaultLimits,
  nodeDoubtMs: 1000,
  nodeProbeMs: 6000,
  nodeRetryMs: 1000,
  nodeRetrySlowMs: 4000,
};

let clock: SimulatedClock;
let sick: MemoryNode;
let well: MemoryNode;
let work: NodeWork;
let notices: Notices;
let log: LocationChange[];
let warnings: string[];

beforeEach(() => {
  clock = new SimulatedClock();
  sick = new MemoryNode({ uuid: imaginaryUuid(1), name: 'sick' });
  well = new MemoryNode({ uuid: imaginaryUuid(2), name: 'well' });
  log = [];
  warnings = [];
  notices = new Notices(() => undefined);
  work = new NodeWork({
    clock,
    limits,
    notices,
    warn: (message) => void warnings.push(message),
    record: (change) => {
      log.push(change);
      return Promise.resolve();
    },
  });
});
afterEach(() => work.watch.close());

/** Makes a node hang at some steps, until the function that is given back is called. */
function hang(node: MemoryNode, ...steps: readonly Step[]): () => void {
  let goOn = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  node.before = (step) => (steps.includes(step) ? over : undefined);
  return () => {
    node.before = () => undefined;
    goOn();
  };
}

function uploadOf(key: Key, content: Buffer): Upload {
  return {
    key,
    associatedFile: undefined,
    offsetBytes: 0,
    lengthBytes: content.length,
    body: streamOf(content.subarray(0, 500), content.subarray(500)),
    signal: new AbortController().signal,
  };
}

const { content, key } = newContent(1000);

/** Stores an upload at both nodes. */
async function stores(upload: Upload): Promise<Stored> {
  return await work.uploads.store(upload, await work.uploads.open([sick, well], upload));
}

describe('a node that does not answer', () => {
  it('is found out once, told, and used again when it answers', async () => {
    const goOn = hang(sick, 'has', 'probe');
    const waiting = [1, 2, 3].map(() => work.ask(sick, () => sick.has(key)));
    for (const one of waiting) one.catch(() => undefined);

    await clock.pass(6999);
    expect(await Promise.race([...waiting, Promise.resolve('none has')])).toBe('none has');
    await clock.pass(1);
    for (const one of waiting) await expect(one).rejects.toThrow(NodeSuspectedError);
    let asked = 0;
    const count = (): Promise<boolean> => Promise.resolve((asked += 1) > 0);
    await expect(work.ask(sick, count)).rejects.toThrow(
      'it has not answered since 2027-01-15T08:00:07.000Z',
    );
    await expect(work.remove(sick, key, { signal: new AbortController().signal })).rejects.toThrow(
      NodeSuspectedError,
    );
    expect(asked).toBe(0);
    expect(notices.all()).toMatchObject([{ kind: 'node', subject: 'sick' }]);
    expect(await work.ask(well, () => well.has(key))).toBe(false);

    goOn();

    await clock.pass(4000);
    expect(notices.all()).toEqual([]);
    expect(await work.ask(sick, count)).toBe(true);
  });

  it('is asked by one probe at a time, for as long as that takes', async () => {
    let probes = 0;
    const never = new Promise<void>(() => undefined);
    sick.before = (step): Promise<void> => {
      if (step === 'probe') probes += 1;
      return never;
    };
    const asked = clock.ended(
      work.ask(sick, () => sick.has(key)),
      250,
    );
    await expect(asked).rejects.toThrow(NodeSuspectedError);

    await clock.pass(600_000);

    expect(probes).toBe(1);
  });

  it('comes last where another can give the same', async () => {
    hang(sick, 'has', 'probe');
    expect(work.watch.promptFirst([sick, well])).toEqual([sick, well]);
    void work.ask(sick, () => sick.has(key)).catch(() => undefined);

    await clock.pass(999);
    expect(work.watch.promptFirst([sick, well])).toEqual([sick, well]);
    await clock.pass(1);
    expect(work.watch.promptFirst([sick, well])).toEqual([well, sick]);
  });

  it('and takes nothing may give all the same', async () => {
    hang(sick, 'put', 'probe');
    const opened = await clock.ended(work.uploads.open([sick, well], uploadOf(key, content)), 250);

    expect([...opened.failed.keys()]).toEqual([sick]);
    expect(opened.receivers.map(({ node }) => node)).toEqual([well]);
    expect(await work.ask(sick, () => sick.has(key))).toBe(false);
    expect(notices.all()[0]?.text).toContain('takes and removes nothing');
    // Told once, as what lasts, and not for each upload.
    expect(warnings).toEqual([]);
  });

  it.for(['start', 'write'] as const)('in the %s of an upload is left behind', async (step) => {
    hang(sick, step, 'abandon', 'probe');
    const upload = uploadOf(key, content);

    const stored = await clock.ended(stores(upload), 250);

    expect(stored.holders).toEqual([well.uuid]);
    expect(well.contents.get(serializeKey(key))).toEqual(content);
  });

  it('in its commit is not waited for, and logged when it has committed after all', async () => {
    const goOn = hang(sick, 'commit', 'probe');
    const upload = uploadOf(key, content);

    const stored = await clock.ended(stores(upload), 250);

    expect(stored.holders).toEqual([well.uuid]);
    expect(log.map(({ repository }) => repository)).toEqual([well.uuid]);
    goOn();
    await clock.until(() => log.some(({ repository }) => repository === sick.uuid), 'its line');
    expect(sick.contents.has(serializeKey(key))).toBe(true);
  });
});

it('a node that is slow, and says that it is there, keeps its copy', async () => {
  const goOn = hang(sick, 'put', 'write', 'commit');
  const opening = work.uploads.open([sick, well], uploadOf(key, content));
  let probes = 0;
  const slowly = sick.before;
  sick.before = (step) => {
    if (step === 'probe') probes += 1;
    return slowly(step);
  };

  await clock.pass(30_000);
  expect(probes).toBeGreaterThan(6);
  goOn();

  const stored = await work.uploads.store(uploadOf(key, content), await opening);
  expect(new Set(stored.holders)).toEqual(new Set([sick.uuid, well.uuid]));
  expect(notices.all()).toEqual([]);
});
