/** Who has branches exported, and when: pushes, starts, keys that come, and tries after a failure. */
import { mkdirSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Exports } from '../../../src/gateway/exports/exports.ts';
import { ExportedTrees } from '../../../src/gateway/exports/exported-trees.ts';
import { defaultLimits } from '../../../src/gateway/limits.ts';
import { NodeWork } from '../../../src/gateway/nodes/node-work.ts';
import { Notices } from '../../../src/gateway/notices/notices.ts';
import type { TopologySources } from '../../../src/gateway/topology/topology.ts';
import type { Key } from '../../../src/key/index.ts';
import type { ExportStore, SpecialSettings } from '../../../src/nodes/index.ts';
import { DirectoryExport } from '../../../src/nodes/special/directory/directory-export.ts';
import {
  LiveConfiguration,
  Repository,
  RepositorySizes,
  thisMachine,
  type LocationChange,
} from '../../../src/repository/index.ts';
import type { Uuid } from '../../../src/units/index.ts';
import { git } from '../../support/git-annex.ts';
import { sha256Key, temporaryDirectory } from '../../support/objects.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { SimulatedClock } from '../../support/simulated-clock.ts';
import { MemoryNode } from '../../nodes/memory-node.ts';
import { specialNode, store as storeOn } from '../../nodes/special/special-nodes.ts';
import { ExportBench } from './export-bench.ts';
import { ExportedPieces } from '../../../src/nodes/special/export/exported-pieces.ts';

const uuid = imaginaryUuid(2);
const keyOf = (text: string): Key => sha256Key(Buffer.from(text));
const [keyOne, keyTwo] = [keyOf('one'), keyOf('two')];
const minute = 60_000;

let clock: SimulatedClock;
let repository: Repository;
let exports: Exports;
let notices: Notices;
let at: string;
let own: MemoryNode;
/** Paths of locks that were asked for. */
let askedLocks: string[];
let recorded: LocationChange[];
/** Who has all keys, by the log. */
let located: readonly Uuid[];
/** What was told in the log. */
let warned: string[];
let settings: SpecialSettings;
/** What each look at a path waits for. */
let before: () => Promise<void>;

beforeEach(async () => {
  const { directory, branch } = await ExportBench.open(
    { main: { a: keyOne, b: keyOne, plain: 'git' }, other: { c: keyTwo } },
    [],
  );
  await branch.close();
  git(directory, 'config', 'remote.tree.annex-tracking-branch', 'main');
  git(directory, 'config', 'remote.tree.annex-uuid', uuid);
  git(directory, 'config', 'remote.tree.annex-proxy', 'true');
  clock = new SimulatedClock();
  askedLocks = [];
  const locks: typeof thisMachine.locks = {
    lock: (path, ...how) => {
      askedLocks.push(String(path));
      return thisMachine.locks.lock(path, ...how);
    },
    tryLock: thisMachine.locks.tryLock.bind(thisMachine.locks),
    conflicting: thisMachine.locks.conflicting.bind(thisMachine.locks),
  };
  const system = { ...thisMachine, clock, locks };
  repository = await Repository.open(directory, { system });
  at = temporaryDirectory();
  const whole = new DirectoryExport({
    directory: at,
    disk: thisMachine.disks.at(at),
    system: thisMachine,
    reserveBytes: 0,
  });
  before = () => Promise.resolve();
  const store: ExportStore = {
    look: async (path) => {
      await before();
      return await whole.look(path);
    },
    get: whole.get.bind(whole),
    put: whole.put.bind(whole),
    remove: whole.remove.bind(whole),
    rename: whole.rename.bind(whole),
    probe: whole.probe.bind(whole),
    close: whole.close.bind(whole),
  };
  const exported = new ExportedTrees(repository.branch);
  const pieces = new ExportedPieces(store, exported.placesOn(uuid));
  const node = specialNode({ store: pieces, exported: store });
  own = new MemoryNode({ uuid: repository.uuid, name: 'own' });
  await storeOn(own, keyOne, Buffer.from('one'));
  await storeOn(own, keyTwo, Buffer.from('two'));
  recorded = [];
  located = [];
  warned = [];
  const warn = (message: string): void => void warned.push(message);
  notices = new Notices(warn);
  settings = {
    uuid,
    remote: 'tree',
    type: 'directory',
    values: new Map(),
    encryption: { kind: 'none' },
    chunkBytes: undefined,
    exportType: 'directory',
    readOnly: undefined,
  };
  const topology = (): TopologySources => ({
    remotes: ['tree'],
    proxied: new Map([[uuid, 'tree']]),
    elsewhere: new Map(),
    dead: new Set(),
    gateways: new Set([repository.uuid]),
    clusterNodes: new Map(),
    config: repository.config,
    clusters: [],
    refusing: [],
    specials: new Map([['tree', { kind: 'special', settings }]]),
    unapproved: [],
  });
  const live = new LiveConfiguration(repository.branch, repository.config);
  exports = new Exports({
    repository,
    branch: repository.branch,
    exported,
    refreshed: () => repository.config.reload(),
    topology: () => Promise.resolve(topology()),
    pool: { node: () => Promise.resolve(node) },
    work: new NodeWork({
      // Disks take a time of their own.
      clock: thisMachine.clock,
      limits: defaultLimits,
      record: (change) => {
        recorded.push(change);
        return Promise.resolve();
      },
      warn,
    }),
    ownNode: () => own,
    locations: () => Promise.resolve(located),
    sizes: await RepositorySizes.open(repository.branch),
    configuration: () => live.current(),
    notices,
    warn,
  });
});

afterEach(async () => {
  await clock.ended(exports.close(false));
  // The last commit may wait for another one to leave the journal, which it does by the same clock.
  await clock.ended(repository.close());
});

const files = (): string[] =>
  readdirSync(at, { encoding: 'utf8' })
    .filter((name) => !name.startsWith('.'))
    .sort();
const pushed = (ref = 'refs/heads/main'): Promise<readonly string[]> =>
  exports.pushed(new Set([ref]));
const notice = (): string =>
  notices
    .all()
    .map(({ text }) => text)
    .join('\n');

describe('exports', () => {
  it('are made of what is tracked, at the start and by a push', async () => {
    expect(await clock.ended(pushed('refs/heads/other'))).toEqual([]);
    expect(files()).toEqual([]);

    exports.start();
    await clock.until(() => recorded.length > 0 && files().length === 3, 'the export');

    expect(readFileSync(`${at}/a`, 'utf8')).toBe('one');
    expect(await clock.ended(pushed())).toEqual([
      'ballast: export to tree: 0 stored, 0 not available',
    ]);
  });

  it('that failed are tried again, of what is tracked by then', async () => {
    before = () => Promise.reject(new Error('no such luck'));
    const [, ...why] = await clock.ended(pushed());
    expect(why.join('\n')).toContain('no such luck');
    expect(notice()).toContain('not all of refs/heads/main');
    git(repository.gitDirectory, 'config', 'remote.tree.annex-tracking-branch', 'other');
    before = () => Promise.resolve();

    await clock.pass(4 * minute);
    expect(files()).toEqual([]);
    await clock.until(() => files().length > 0 && notice() === '', 'another try', 10_000);

    expect(files()).toEqual(['c']);
  });

  it('that failed are not tried again once a push has exported all', async () => {
    // The branch has timers of its own until it is written.
    const timers = async (): Promise<number> => {
      await clock.ended(repository.branch.flush());
      return clock.timers;
    };
    const idle = await timers();
    before = () => Promise.reject(new Error('no such luck'));
    await clock.ended(pushed());
    expect(await timers()).toBe(idle + 1);
    before = () => Promise.resolve();
    await clock.ended(pushed());
    expect(files()).toEqual(['a', 'b', 'plain']);
    expect(await timers()).toBe(idle);
  });

  it('keep no pusher longer than twenty seconds, and go on, which is told', async () => {
    let resolve: (() => void) | undefined;
    const promise = new Promise<void>((go) => {
      resolve = go;
    });
    before = () => promise;
    let words: readonly string[] = [];
    const done = pushed().then((said) => {
      words = said;
    });
    await clock.pass(minute / 4);
    expect(words).toEqual([]);
    await clock.ended(done, minute / 100);
    expect(words.join('\n')).toContain('the export to tree takes longer, and goes on');
    expect(notice()).toBe('refs/heads/main is being exported to tree');
    resolve?.();
    await clock.until(() => files().length === 3 && notice() === '', 'the end of the export');
    expect(warned).toContain('ballast: export to tree: 3 stored, 0 not available');
  });

  it('correct what the log says of a content that is nowhere any more', async () => {
    await clock.ended(pushed());
    for (const path of ['a', 'b']) rmSync(`${at}/${path}`);
    own.contents.clear();
    located = [uuid];
    recorded = [];

    const words = await clock.ended(pushed());

    expect(words.join('\n')).toContain(
      'a (the remote had its content by the log, and has it no more',
    );
    expect(recorded).toMatchObject([{ key: keyOne, isPresent: false, isCorrection: true }]);
  });

  it('wait for one of git-annex', async () => {
    const { gitDirectory, disk, system } = repository;
    for (const one of ['annex', 'annex/export', `annex/export/${uuid}`])
      mkdirSync(`${gitDirectory}/${one}`, { recursive: true });
    const path = `${gitDirectory}/annex/export/${uuid}/exportdb.lck`;
    const lock = await system.locks.lock(path, 'exclusive', {
      disk,
      create: true,
      timeoutMs: 1000,
    });
    askedLocks = [];
    const done = pushed();
    const looks: string[] = [];
    before = () => Promise.resolve(void looks.push('look'));
    await clock.until(() => askedLocks.includes(path), 'a wait for the lock');
    await clock.pass(minute / 6);
    expect([files(), looks]).toEqual([[], []]);
    lock.release();
    await lock.released;
    await clock.ended(done);
    expect(files()).toEqual(['a', 'b', 'plain']);
  });

  it('tell of what they cannot do', async () => {
    git(repository.gitDirectory, 'config', 'remote.tree.annex-tracking-branch', 'main:none');
    await repository.config.reload();
    expect(await clock.ended(pushed())).toEqual([
      'ballast: nothing is exported to tree, as it tracks refs/heads/main:none, which is not there',
    ]);
    expect(notice()).toContain('refs/heads/main:none, which is not there');

    settings = { ...settings, readOnly: 'is only read' };
    await clock.ended(pushed());
    expect(notice()).toBe('nothing is exported to tree, as it is only read');

    git(repository.gitDirectory, 'config', '--unset', 'remote.tree.annex-proxy');
    await repository.config.reload();
    expect(await clock.ended(pushed())).toEqual([]);
    expect(notice()).toContain(
      'tree tracks a branch, and nothing is exported to it, as it is not served',
    );
  });
});
