import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { defaultLimits, type GatewayLimits } from '../../../src/gateway/limits.ts';
import type { MissingCopy } from '../../../src/gateway/missing/index.ts';
import { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import { Allocator } from '../../../src/gateway/placing/allocator.ts';
import { ServedCluster } from '../../../src/gateway/stores/served-cluster.ts';
import { ServedNode } from '../../../src/gateway/stores/served-node.ts';
import type { Upload } from '../../../src/gateway/uploads/upload.ts';
import { serializeKey, type Key } from '../../../src/key/index.ts';
import { NodeUnavailableError } from '../../../src/nodes/index.ts';
import {
  LiveConfiguration,
  machineClock,
  Repository,
  RepositorySizes,
  type LocationChange,
} from '../../../src/repository/index.ts';
import { Turns } from '../../../src/waiting/index.ts';
import { streamOf } from '../../../src/stream/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { collect } from '../../support/objects.ts';
import { MemoryNode, type Step } from '../../nodes/memory-node.ts';
import { newContent, until } from '../annex-requests.ts';
import { newDemo, nodeNames, repositoryOf } from '../served-demo.ts';

const limits = {
  ...defaultLimits,
  nodeAnswerMs: 300,
  nodeCommitMs: 300,
  nodeStallMs: 300,
  uploadWindowBytes: 2048,
};

let repository: Repository;
let allocator: Allocator;
let clusterUuid: string;
let uuids: string[];
let nodes: MemoryNode[];
let work: NodeWork;
let log: LocationChange[];
let remembered: MissingCopy[];
let missing: { remember: (copies: readonly MissingCopy[]) => Promise<void> };
let cluster: ServedCluster;

beforeAll(async () => {
  const gateway = repositoryOf(await newDemo(), 'gateway');
  const value = (name: string): string => git(gateway, 'config', name).trim();
  clusterUuid = value('annex.cluster.cluster');
  uuids = nodeNames.map((name) => value(`remote.${name}.annex-uuid`));
  repository = await Repository.open(gateway);
  const live = new LiveConfiguration(repository.branch, repository.config);
  allocator = new Allocator({
    branch: repository.branch,
    sizes: await RepositorySizes.open(repository.branch),
    configuration: () => live.current(),
  });
});
afterAll(() => repository.close());

beforeEach(() => {
  nodes = uuids.map((uuid, i) => new MemoryNode({ uuid: uuidOf(uuid), name: `node${i + 1}` }));
  log = [];
  remembered = [];
  missing = {
    remember: (copies) => {
      remembered.push(...copies);
      return Promise.resolve();
    },
  };
  useLimits({});
});

/** Begins anew, with other limits. */
function useLimits(others: Partial<GatewayLimits>): void {
  const record = (change: LocationChange): Promise<void> => {
    log.push(change);
    return Promise.resolve();
  };
  work = new NodeWork({
    clock: machineClock,
    limits: { ...limits, ...others },
    record,
    warn: () => undefined,
  });
  cluster = new ServedCluster(
    { uuid: uuidOf(clusterUuid), name: 'cluster', nodes, refusesUnwanted: false },
    {
      work,
      allocator,
      uploads: new Turns(machineClock),
      missing,
      clock: () => Math.floor(performance.now() / 1000),
    },
  );
}

function uploadOf(key: Key, content: Buffer, pieceBytes = 1000): Upload {
  const pieces: Buffer[] = [];
  for (let at = 0; at < content.length; at += pieceBytes) {
    pieces.push(content.subarray(at, at + pieceBytes));
  }
  return {
    key,
    associatedFile: undefined,
    offsetBytes: 0,
    lengthBytes: content.length,
    body: streamOf(...pieces),
    signal: new AbortController().signal,
  };
}

/** The node that has the step go wrong, once the cluster has chosen it for the key. */
async function chosen(key: Key): Promise<{ bad: MemoryNode; good: MemoryNode }> {
  const probe = await allocator.decide({
    cluster: uuidOf(clusterUuid),
    key,
    associatedFile: undefined,
    nodes,
    without: new Set(),
  });
  probe.end();
  const [bad, good] = nodes.filter(({ uuid }) => probe.nodes.includes(uuid));
  if (bad === undefined || good === undefined) throw new Error('not two nodes');
  return { bad, good };
}

const never = (): Promise<void> => new Promise(() => undefined);
const fail = (): Promise<void> => Promise.reject(new Error('broken disk'));
const at =
  (step: Step, act: () => Promise<void>) =>
  (now: Step): Promise<void> | undefined =>
    now === step ? act() : undefined;

/** Of a client that stays. */
const unended = new AbortController().signal;

/** Room is of no account here. */
const reserveNothing = () => ({ end: () => undefined });

describe('an upload to a cluster with a node that', () => {
  it.for([
    ['fails to write', 'write', fail],
    ['takes no data', 'write', never],
    ['fails to begin', 'start', fail],
    ['fails to commit', 'commit', fail],
    ['commits without end', 'commit', never],
  ] as const)('%s is stored and logged on the other', async ([, step, act]) => {
    const { content, key } = newContent(20_000);
    const { bad, good } = await chosen(key);
    bad.before = at(step, act);

    expect(await cluster.put(uploadOf(key, content))).toEqual({
      kind: 'stored',
      isStored: true,
      alsoIn: [good.uuid],
    });

    expect(good.contents.get(serializeKey(key))).toEqual(content);
    expect(bad.contents.size).toBe(0);
    expect(log).toEqual([{ key, repository: good.uuid, isPresent: true }]);
    expect(good.open.size).toBe(0);
    expect(remembered).toMatchObject([{ key, cluster: clusterUuid, node: bad.uuid }]);
  });

  it('fails is acknowledged only once the missing copy is remembered, and not when it cannot be', async () => {
    const { content, key } = newContent(20_000);
    const { bad } = await chosen(key);
    bad.before = at('commit', fail);
    let goOn: (() => void) | undefined;
    missing.remember = async (copies) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      remembered.push(...copies);
    };
    let isAnswered = false;
    const put = cluster.put(uploadOf(key, content)).finally(() => {
      isAnswered = true;
    });
    await until(() => goOn !== undefined, 'the missing copy');
    await allocator.locations(key);
    expect(log).toHaveLength(1);
    expect(isAnswered).toBe(false);
    goOn?.();
    expect(await put).toHaveProperty('isStored', true);
    expect(remembered).toHaveLength(1);

    const second = newContent(20_000);
    const other = await chosen(second.key);
    bad.before = () => undefined;
    other.bad.before = at('write', fail);
    missing.remember = () => Promise.reject(new Error('full disk'));
    await expect(cluster.put(uploadOf(second.key, second.content))).rejects.toThrow('full disk');
  });

  it('has nothing wrong costs nothing there', async () => {
    const { content, key } = newContent(20_000);
    missing.remember = () => Promise.reject(new Error('asked'));
    expect((await cluster.put(uploadOf(key, content))).alsoIn).toHaveLength(2);
  });

  it('takes nothing at all goes to the others that want it, and to no other', async () => {
    const { content, key } = newContent(20_000);
    const { bad, good } = await chosen(key);
    bad.before = at('put', fail);

    const answer = await cluster.put(uploadOf(key, content));
    expect(answer).toEqual({ kind: 'stored', isStored: true, alsoIn: [good.uuid] });
    expect(nodes.filter((node) => node.open.size > 0)).toEqual([]);

    const other = newContent(20_000);
    for (const node of Object.values(await chosen(other.key))) node.before = at('put', fail);
    expect(await cluster.put(uploadOf(other.key, other.content))).toEqual({
      kind: 'stored',
      isStored: false,
      alsoIn: [],
    });
    expect(nodes.filter((node) => node.contents.has(serializeKey(other.key)))).toEqual([]);
  });

  it('commits late is logged when it has, though the client was told otherwise', async () => {
    const { content, key } = newContent(20_000);
    const { bad } = await chosen(key);
    let goOn = (): void => undefined;
    bad.before = at(
      'commit',
      () =>
        new Promise((resolve) => {
          goOn = resolve;
        }),
    );
    const answer = await cluster.put(uploadOf(key, content));
    expect(answer.alsoIn).not.toContain(bad.uuid);
    goOn();
    await until(() => log.some((change) => change.repository === bad.uuid), 'the late log');
    expect(bad.contents.size).toBe(1);
  });

  it('is slow within the limits stores it all, in order', async () => {
    const { content, key } = newContent(20_000);
    const { bad } = await chosen(key);
    bad.before = at('write', async () => {
      await new Promise<void>((resolve) => {
        setTimeout(() => resolve(), 5);
      });
    });
    expect((await cluster.put(uploadOf(key, content))).alsoIn).toHaveLength(2);
    expect(bad.contents.get(serializeKey(key))).toEqual(content);
  });
});

describe('the offset of an upload to a cluster with a node that', () => {
  it.for(['logged', 'not logged'] as const)(
    'is away says that it is all there, on a node that is %s to have it, once the missing copy is remembered',
    async (how) => {
      const { content, key } = newContent(20_000);
      const { bad, good } = await chosen(key);
      good.contents.set(serializeKey(key), content);
      if (how === 'logged') {
        git(repository.gitDirectory, 'annex', 'setpresentkey', serializeKey(key), good.uuid, '1');
      }
      bad.before = () => Promise.reject(new NodeUnavailableError(bad.name, 'away'));
      const there = { kind: 'alreadyHave', alsoIn: [good.uuid] };
      expect(await cluster.putOffset(key)).toEqual(there);
      expect(remembered).toMatchObject([
        { key, cluster: clusterUuid, node: bad.uuid, why: 'unavailable' },
      ]);

      missing.remember = () => Promise.reject(new Error('full disk'));
      await expect(cluster.putOffset(key)).rejects.toThrow('full disk');

      bad.before = () => undefined;
      expect(await cluster.putOffset(key)).toEqual({ kind: 'putFrom', offsetBytes: 0 });
    },
  );

  it('takes nothing is that of the nodes which take it instead', async () => {
    const { content, key } = newContent(20_000);
    const { bad, good } = await chosen(key);
    bad.partials.set(serializeKey(key), content.subarray(0, 5000));
    good.partials.set(serializeKey(key), content.subarray(0, 5000));
    expect(await cluster.putOffset(key)).toEqual({ kind: 'putFrom', offsetBytes: 5000 });

    bad.partials.set(serializeKey(key), content.subarray(0, 1000));
    bad.before = (step) => (step === 'put' || step === 'probe' ? never() : undefined);
    useLimits({ nodeDoubtMs: 50, nodeProbeMs: 100 });
    expect((await work.uploads.open([bad], uploadOf(key, content))).failed.size).toBe(1);
    expect(await cluster.putOffset(key)).toEqual({ kind: 'putFrom', offsetBytes: 5000 });
    const rest = { ...uploadOf(key, content.subarray(5000)), offsetBytes: 5000 };
    expect(await cluster.put(rest)).toEqual({
      kind: 'stored',
      isStored: true,
      alsoIn: [good.uuid],
    });
  });
});

describe('questions to nodes that do not answer', () => {
  it('are put to the next node', async () => {
    const { content, key } = newContent();
    const [first, second] = nodes;
    if (first === undefined || second === undefined) throw new Error('no nodes');
    first.before = never;
    second.contents.set(serializeKey(key), content);
    expect(await cluster.checkPresent(key)).toBe(true);
    const got = await cluster.get(key, 10);
    expect(await collect(got?.stream ?? streamOf())).toEqual(content.subarray(10));
  });

  it('are no answer of the cluster where nobody is logged to have the content', async () => {
    const { key } = newContent();
    for (const node of nodes.slice(1)) node.before = never;
    expect(await cluster.checkPresent(key)).toBe(false);
    expect(await cluster.get(key, 0)).toBeUndefined();
    const answer = await cluster.remove(key, { signal: unended });
    expect(answer).toMatchObject({ isRemoved: false, alsoIn: [nodes[0]?.uuid] });
    const before = await cluster.remove(key, {
      beforeSeconds: (await cluster.timestampSeconds()) + 100,
      signal: unended,
    });
    expect(before).toMatchObject({ isRemoved: false, alsoIn: [nodes[0]?.uuid] });
  });

  it('remove nothing in the last second, of which two clocks cut off know too little', async () => {
    const { content, key } = newContent();
    const [node] = nodes;
    if (node === undefined) throw new Error('no node');
    const alone = new ServedCluster(
      { uuid: uuidOf(clusterUuid), name: 'cluster', nodes: [node], refusesUnwanted: false },
      { work, allocator, uploads: new Turns(machineClock), missing, clock: () => 1000 },
    );
    node.clockSeconds = () => Promise.resolve(5000);
    node.contents.set(serializeKey(key), content);
    const last = await alone.remove(key, { beforeSeconds: 1001, signal: unended });
    expect(last).toMatchObject({ isRemoved: false });
    const earlier = await alone.remove(key, { beforeSeconds: 1002, signal: unended });
    expect(earlier).toMatchObject({ isRemoved: true });
  });

  it('are sent no upload whose client has gone while it waited for another', async () => {
    const { content, key } = newContent();
    const turns = new Turns(machineClock);
    const alone = new ServedCluster(
      { uuid: uuidOf(clusterUuid), name: 'cluster', nodes, refusesUnwanted: false },
      { work, allocator, uploads: turns, missing, clock: () => 0 },
    );
    const end = await turns.take(`${clusterUuid} ${serializeKey(key)}`);
    const gone = new AbortController();
    const waiting = alone.put({ ...uploadOf(key, content), signal: gone.signal });
    gone.abort(new Error('the client is gone'));
    await expect(waiting).rejects.toThrow('the client is gone');
    end();
    expect(nodes.every((each) => each.contents.size === 0)).toBe(true);
  });

  it('begin no removal that nobody waits for any more', async () => {
    const { content, key } = newContent();
    const [node] = nodes;
    if (node === undefined) throw new Error('no node');
    node.contents.set(serializeKey(key), content);
    let goOn = (): void => undefined;
    node.before = at(
      'remove',
      () =>
        new Promise((resolve) => {
          goOn = resolve;
        }),
    );
    const served = new ServedNode(node, work, reserveNothing);
    await expect(served.remove(key, { signal: unended })).rejects.toThrow(NodeUnavailableError);
    const lock = await served.lock(key);
    goOn();
    await lock?.release();
    expect(await served.checkPresent(key)).toBe(true);
    expect(log).toEqual([]);
  });

  it('begin no removal that waits for its turn when its client goes', async () => {
    const { content, key } = newContent();
    const [node] = nodes;
    if (node === undefined) throw new Error('no node');
    node.contents.set(serializeKey(key), content);
    let goOn: (() => void) | undefined;
    const record = (): Promise<void> =>
      new Promise((resolve) => {
        goOn = resolve;
      });
    const slow = new NodeWork({
      clock: machineClock,
      limits,
      record,
      warn: () => undefined,
    });
    const served = new ServedNode(node, slow, reserveNothing);
    const confirmed = served.confirmPresent(key);
    await until(() => goOn !== undefined, 'the turn');
    const client = new AbortController();
    const removed = served.remove(key, { signal: client.signal });
    client.abort();
    goOn?.();
    expect(await confirmed).toHaveProperty('isStored', true);
    expect(await removed).toHaveProperty('isRemoved', false);
    expect(node.contents.has(serializeKey(key))).toBe(true);
  });

  it('leave a removal that was done in the log, however late', async () => {
    const { content, key } = newContent();
    const [node] = nodes;
    if (node === undefined) throw new Error('no node');
    node.contents.set(serializeKey(key), content);
    const late: LocationChange[] = [];
    let goOn: (() => void) | undefined;
    const record = async (change: LocationChange): Promise<void> => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      late.push(change);
    };
    const slow = new NodeWork({
      clock: machineClock,
      limits,
      record,
      warn: () => undefined,
    });
    const removed = new ServedNode(node, slow, reserveNothing).remove(key, { signal: unended });
    await expect(removed).rejects.toThrow(NodeUnavailableError);
    goOn?.();
    await until(() => late.length > 0, 'the late log');
    expect(late).toEqual([{ key, repository: node.uuid, isPresent: false }]);
  });
});

describe('the location log', () => {
  it('that cannot be written makes an upload not stored', async () => {
    const { content, key } = newContent();
    const broken = new NodeWork({
      clock: machineClock,
      limits,
      record: fail,
      warn: () => undefined,
    });
    const [node] = nodes;
    if (node === undefined) throw new Error('no node');
    const served = new ServedNode(node, broken, reserveNothing);
    expect(await served.put(uploadOf(key, content))).toHaveProperty('isStored', false);
    await expect(served.remove(key, { signal: unended })).rejects.toThrow('broken disk');
  });
});
