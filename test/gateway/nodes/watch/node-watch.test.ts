import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits } from '../../../../src/gateway/limits.ts';
import { NodeWork, type LocationChange } from '../../../../src/gateway/nodes/node-work.ts';
import { NodeSuspectedError } from '../../../../src/gateway/nodes/watch/node-watch.ts';
import { Notices } from '../../../../src/gateway/notices/notices.ts';
import type { Upload } from '../../../../src/gateway/uploads/upload.ts';
import { serializeKey, type Key } from '../../../../src/key/index.ts';
import { streamOf } from '../../../../src/stream/index.ts';
import { MemoryNode, type Step } from '../../../nodes/memory-node.ts';
import { imaginaryUuid } from '../../../support/branch.ts';
import { newContent } from '../../annex-requests.ts';

/** Long ones are as they are: what ends in time here is not ended by them. */
const limits = {
  ...defaultLimits,
  nodeDoubtMs: 20,
  nodeProbeMs: 60,
  nodeRetryMs: 10,
  nodeRetrySlowMs: 20,
};

let sick: MemoryNode;
let well: MemoryNode;
let work: NodeWork;
let notices: Notices;
let log: LocationChange[];
let warnings: string[];

beforeEach(() => {
  sick = new MemoryNode({ uuid: imaginaryUuid(1), name: 'sick' });
  well = new MemoryNode({ uuid: imaginaryUuid(2), name: 'well' });
  log = [];
  warnings = [];
  notices = new Notices(() => undefined);
  work = new NodeWork({
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

describe('a node that does not answer', () => {
  it('is found out once, told, and used again when it answers', async () => {
    const goOn = hang(sick, 'has', 'probe');
    const waiting = [1, 2, 3].map(() => work.ask(sick, () => sick.has(key)));

    for (const one of waiting) await expect(one).rejects.toThrow(NodeSuspectedError);
    let asked = 0;
    const count = (): Promise<boolean> => Promise.resolve((asked += 1) > 0);
    await expect(work.ask(sick, count)).rejects.toThrow('it has not answered since 20');
    await expect(work.remove(sick, key, { signal: new AbortController().signal })).rejects.toThrow(
      NodeSuspectedError,
    );
    expect(asked).toBe(0);
    expect(notices.all()).toMatchObject([{ kind: 'node', subject: 'sick' }]);
    expect(await work.ask(well, () => well.has(key))).toBe(false);

    goOn();

    await expect.poll(() => notices.all()).toEqual([]);
    expect(await work.ask(sick, count)).toBe(true);
  });

  it('is asked by one probe at a time, for as long as that takes', async () => {
    let probes = 0;
    const never = new Promise<void>(() => undefined);
    sick.before = (step): Promise<void> => {
      if (step === 'probe') probes += 1;
      return never;
    };
    await expect(work.ask(sick, () => sick.has(key))).rejects.toThrow(NodeSuspectedError);

    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });

    expect(probes).toBe(1);
  });

  it('comes last where another can give the same', async () => {
    hang(sick, 'has', 'probe');
    expect(work.watch.promptFirst([sick, well])).toEqual([sick, well]);
    void work.ask(sick, () => sick.has(key)).catch(() => undefined);

    await expect.poll(() => work.watch.promptFirst([sick, well])).toEqual([well, sick]);
  });

  it('and takes nothing may give all the same', async () => {
    hang(sick, 'put', 'probe');
    const opened = await work.uploads.open([sick, well], uploadOf(key, content));

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

    const stored = await work.uploads.store(upload, await work.uploads.open([sick, well], upload));

    expect(stored.holders).toEqual([well.uuid]);
    expect(well.contents.get(serializeKey(key))).toEqual(content);
  });

  it('in its commit is not waited for, and logged when it has committed after all', async () => {
    const goOn = hang(sick, 'commit', 'probe');
    const upload = uploadOf(key, content);

    const stored = await work.uploads.store(upload, await work.uploads.open([sick, well], upload));

    expect(stored.holders).toEqual([well.uuid]);
    expect(log.map(({ repository }) => repository)).toEqual([well.uuid]);
    goOn();
    await expect.poll(() => log.map(({ repository }) => repository)).toContain(sick.uuid);
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

  await expect.poll(() => probes, { timeout: 10_000 }).toBeGreaterThan(6);
  goOn();

  const stored = await work.uploads.store(uploadOf(key, content), await opening);
  expect(new Set(stored.holders)).toEqual(new Set([sick.uuid, well.uuid]));
  expect(notices.all()).toEqual([]);
});
