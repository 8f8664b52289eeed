import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Clock } from '../../../src/clock/index.ts';
import { demoIn } from '../../support/demo.ts';
import {
  DirectoryRepositories,
  Gateway,
  JointRepositories,
  LockAllowance,
  makeServer,
  SingleRepository,
  type ServedRepositories,
} from '../../../src/gateway/index.ts';
import { DirectoryIndex } from '../../../src/gateway/repositories/directory-index.ts';
import { GatewayShelf } from '../../../src/gateway/repositories/gateway-shelf.ts';
import { searchRepositories } from '../../../src/gateway/repositories/repository-search.ts';
import { parseKey } from '../../../src/key/index.ts';
import {
  locationLogPath,
  machineClock,
  ownDisk,
  thisMachine,
} from '../../../src/repository/index.ts';
import { uuidOf } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

let directory: string;
let close: () => Promise<void>;
let warnings: string[];
beforeEach(() => {
  directory = temporaryDirectory();
  warnings = [];
  close = () => Promise.resolve();
});
afterEach(() => close());

const warn = (message: string, why: unknown): void => {
  warnings.push(`${message}: ${why instanceof Error ? why.message : String(why)}`);
};

/** Makes a repository below the directory; its UUID. */
function annex(name: string, ...words: readonly string[]): string {
  const uuid = randomUUID();
  git('.', 'init', '--quiet', ...words, join(directory, name));
  git(join(directory, name), 'config', 'annex.uuid', uuid);
  return uuid;
}

async function found(): Promise<string[]> {
  return (await searchRepositories(directory, ownDisk)).places.map(({ name }) => name);
}

describe('a search for repositories', () => {
  it('finds them deep, hidden, bare and by a symlink that is one', async () => {
    const elsewhere = temporaryDirectory();
    git('.', 'init', '--quiet', join(elsewhere, 'linked'));
    annex('x');
    annex('user/y');
    annex('user/a/.b/z.git', '--bare');
    symlinkSync(join(elsewhere, 'linked'), join(directory, 'user', 'link'));
    expect(await found()).toEqual(['user/a/.b/z.git', 'user/link', 'user/y', 'x']);
  });

  it('looks neither into repositories nor below directories that are symlinks', async () => {
    const elsewhere = temporaryDirectory();
    git('.', 'init', '--quiet', join(elsewhere, 'in', 'it'));
    symlinkSync(elsewhere, join(directory, 'link'));
    symlinkSync(directory, join(directory, 'circle'));
    symlinkSync('nowhere', join(directory, 'broken'));
    git('.', 'init', '--quiet', join(directory, 'outer'));
    annex('outer/inner');
    expect(await found()).toEqual(['outer']);
  });

  it('finds the directory itself when it is one', async () => {
    annex('.');
    annex('inner');
    expect(await found()).toEqual(['']);
  });

  it('passes over what it may not read', async () => {
    annex('x');
    mkdirSync(join(directory, 'closed'));
    chmodSync(join(directory, 'closed'), 0);
    writeFileSync(join(directory, 'HEAD'), 'a file');
    expect(await found()).toEqual(['x']);
    chmodSync(join(directory, 'closed'), 0o700);
  });

  it('ends in a tree that is deeper than anybody has', async () => {
    const deep = Array.from({ length: 60 }, () => 'd').join('/');
    annex(`${deep}/x`);
    annex('y');
    const result = await searchRepositories(directory, ownDisk);
    expect(result.places.map(({ name }) => name)).toEqual(['y']);
    expect(result.isWhole).toBe(false);
  });
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Serves repositories, and gives what asks them. */
async function serve(repositories: ServedRepositories): Promise<{
  post: (uuid: string, endpoint: string, query?: string) => Promise<Answer>;
  put: (uuid: string, key: string, text: string) => Promise<void>;
  port: number;
}> {
  const server = makeServer(repositories, { access: { wideopen: true } });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = addressOf(server.address());
  close = async () => {
    server.close();
    server.closeAllConnections();
    await repositories.close();
  };
  const urlOf = (uuid: string, endpoint: string, query: string): string =>
    `http://127.0.0.1:${port}/git-annex/${uuid}/v4/${endpoint}?clientuuid=me${query}`;
  return {
    port,
    post: async (uuid, endpoint, query = '') => {
      const answer = await fetch(urlOf(uuid, endpoint, query), { method: 'POST' });
      return { status: answer.status, text: await answer.text() };
    },
    put: async (uuid, key, text) => {
      const headers = { 'X-git-annex-data-length': String(text.length) };
      const url = urlOf(uuid, 'put', `&key=${key}`);
      const answer = await fetch(url, { method: 'POST', headers, body: text });
      expect(await answer.json()).toMatchObject({ stored: true });
    },
  };
}

/** The answer to a path that is sent exactly as it is written. */
async function statusOf(port: number, path: string): Promise<number | undefined> {
  const sent = get({ host: '127.0.0.1', port, path, agent: false });
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    sent.once('response', resolve);
    sent.once('error', reject);
  });
  response.resume();
  return response.statusCode;
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (typeof address !== 'object' || address === null) throw new Error('not listening');
  return address;
}

function below(...directories: readonly string[]): Promise<DirectoryRepositories> {
  return DirectoryRepositories.open(directories, { warn });
}

describe('repositories below a directory', () => {
  it('are each served under their UUID, and no other is', async () => {
    const [one, two] = [annex('one'), annex('user/two', '--bare')];
    git('.', 'init', '--quiet', join(directory, 'plain'));
    const repositories = await below(directory);
    expect(repositories.count).toBe(2);
    const { post } = await serve(repositories);
    expect((await post(one, 'gettimestamp')).status).toBe(200);
    expect((await post(two, 'checkpresent', '&key=X--y')).text).toBe('{"present":false}');
    expect((await post(randomUUID(), 'gettimestamp')).status).toBe(404);
    expect(warnings).toEqual([]);
  });

  it('that are new are served at once', async () => {
    const { post } = await serve(await below(directory));
    for (const name of ['new', 'user/new', 'user/a/b/new']) {
      const uuid = annex(name);
      expect((await post(uuid, 'gettimestamp')).status).toBe(200);
    }
    git('.', 'init', '--quiet', join(directory, 'later'));
    const uuid = randomUUID();
    expect((await post(uuid, 'gettimestamp')).status).toBe(404);
    git(join(directory, 'later'), 'config', 'annex.uuid', uuid);
    expect((await post(uuid, 'gettimestamp')).status).toBe(200);
  });

  it('that are removed are not found, and the others go on', async () => {
    const [stays, goes] = [annex('stays'), annex('goes')];
    const { post } = await serve(await below(directory));
    expect((await post(goes, 'gettimestamp')).status).toBe(200);
    rmSync(join(directory, 'goes'), { recursive: true });
    expect((await post(goes, 'gettimestamp')).status).toBe(404);
    expect((await post(stays, 'gettimestamp')).status).toBe(200);
  });

  it('that are moved are found where they are', async () => {
    const uuid = annex('here');
    const { post } = await serve(await below(directory));
    expect((await post(uuid, 'gettimestamp')).status).toBe(200);
    renameSync(join(directory, 'here'), join(directory, 'there'));
    const other = annex('here');
    expect((await post(uuid, 'gettimestamp')).status).toBe(200);
    expect((await post(other, 'gettimestamp')).status).toBe(200);
  });

  it('that cannot be used do not hinder the others', async () => {
    const [good, bad] = [annex('good'), annex('bad')];
    git(join(directory, 'bad'), 'config', 'annex.version', '5');
    const { post } = await serve(await below(directory));
    expect((await post(bad, 'gettimestamp')).status).toBe(500);
    expect((await post(good, 'gettimestamp')).status).toBe(200);
    expect(warnings.join()).toContain('gettimestamp');
  });

  it('bring the nodes and clusters behind them', async () => {
    await demoIn(join(directory, 'demo'));
    const gateway = join(directory, 'demo', 'gateway.git');
    const configured = (name: string): string => git(gateway, 'config', name).trim();
    const { post } = await serve(await below(directory));
    for (const name of ['annex.uuid', 'annex.cluster.cluster', 'remote.node1.annex-uuid']) {
      expect((await post(configured(name), 'gettimestamp')).status).toBe(200);
    }
  });

  it('have their locks each for itself, and a limit of all together', async () => {
    const [one, two] = [annex('one'), annex('two')];
    const lockAllowance = new LockAllowance(1);
    const { post, put } = await serve(
      await DirectoryRepositories.open([directory], { warn, lockAllowance }),
    );
    const key = 'WORM-s4--x';
    for (const uuid of [one, two]) await put(uuid, key, 'text');
    const locked: unknown = JSON.parse((await post(one, 'lockcontent', `&key=${key}`)).text);
    expect(locked).toMatchObject({ locked: true });
    const lockId = /"lockid":"([^"]+)"/.exec(JSON.stringify(locked))?.[1];
    expect((await post(two, 'lockcontent', `&key=${key}`)).text).toBe('{"locked":false}');
    await post(two, 'keeplocked', `&lockid=${lockId}`);
    expect((await post(two, 'lockcontent', `&key=${key}`)).text).toBe('{"locked":false}');
    await post(one, 'keeplocked', `&lockid=${lockId}`);
    expect((await post(two, 'lockcontent', `&key=${key}`)).text).toContain('"locked":true');
  });

  it('are found by git at their paths below the directory', async () => {
    annex('user/a b');
    git(join(directory, 'user', 'a b'), 'config', 'receive.denyCurrentBranch', 'ignore');
    const uuid = annex('user/bare.git', '--bare');
    const { port } = await serve(await below(directory));
    const url = (path: string): string => `http://127.0.0.1:${port}/${path}`;
    expect(await (await fetch(url('user/bare/config'))).text()).toContain(uuid);
    expect(await (await fetch(url('user/bare.git/config'))).text()).toContain(uuid);
    expect(await statusOf(port, '/user/a%20b/HEAD')).toBe(200);

    for (const path of [
      '/user/config',
      '/%2e%2e/HEAD',
      '/user/../user/bare/HEAD',
      '/user/bare/%2e%2e%2fHEAD',
      '/user/%/HEAD',
      '//HEAD',
      '/HEAD',
    ]) {
      expect(await statusOf(port, path), path).toBe(404);
    }
  });

  it('are not looked for above it, where one is broken', async () => {
    const outer = annex('.');
    mkdirSync(join(directory, 'sub', 'broken', '.git'), { recursive: true });
    const repositories = await below(join(directory, 'sub'));
    expect(repositories.count).toBe(0);
    const { post } = await serve(repositories);
    expect((await post(outer, 'gettimestamp')).status).toBe(404);
  });

  it('are searched for once for many strangers at once', async () => {
    const { post } = await serve(await below(directory));
    const uuid = annex('new');
    const strangers = Array.from({ length: 100 }, () => post(randomUUID(), 'gettimestamp'));
    const mine = post(uuid, 'gettimestamp');
    expect((await mine).status).toBe(200);
    const statuses = (await Promise.all(strangers)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([404]));
  });
});

describe('a repository that several paths lead to', () => {
  it('is one, a gateway to a cluster too, and is found by git at each', async () => {
    await demoIn(join(directory, 'demo'));
    const gateway = join(directory, 'demo', 'gateway.git');
    for (const name of ['a', 'z.git']) symlinkSync(gateway, join(directory, name));
    const repositories = await below(directory);
    expect(repositories.count).toBe(4);
    const { post, put, port } = await serve(repositories);
    const cluster = git(gateway, 'config', 'annex.cluster.cluster').trim();

    for (const name of ['a', 'z', 'demo/gateway']) {
      expect(await statusOf(port, `/${name}/HEAD`), name).toBe(200);
      await put(cluster, `WORM-s4--${name.replace('/', '')}`, 'text');
    }
    expect(repositories.opened()).toHaveLength(1);
    expect((await post(cluster, 'gettimestamp')).status).toBe(200);
    expect(warnings).toEqual([]);
  });

  it('has its working trees among them', async () => {
    const uuid = annex('main');
    git(join(directory, 'main'), 'commit', '--quiet', '--allow-empty', '-m', 'x');
    git(join(directory, 'main'), 'worktree', 'add', '--quiet', join(directory, 'before'));
    const repositories = await below(directory);
    const { port, post } = await serve(repositories);
    for (const name of ['main', 'before']) expect(await statusOf(port, `/${name}/HEAD`)).toBe(200);
    expect((await post(uuid, 'gettimestamp')).status).toBe(200);
    expect(repositories.opened()).toHaveLength(1);
    expect(repositories.problems()).toEqual([]);
  });
});

describe('two repositories with one UUID', () => {
  const key = 'WORM-s4--x';
  const isIn = (name: string): boolean => {
    const found = git('.', '-C', join(directory, name), 'rev-parse', '--git-dir').trim();
    const objects = join(directory, name, found, 'annex', 'objects');
    return existsSync(objects) && readdirSync(objects, { recursive: true }).join().includes('x');
  };
  const copy = (from: string, to: string): void => {
    cpSync(join(directory, from), join(directory, to), { recursive: true });
  };

  it('are told of, and only the first is served, under its name as well', async () => {
    const uuid = annex('one');
    copy('one', 'two');
    const { post, put, port } = await serve(await below(directory));
    await put(uuid, key, 'text');

    expect([isIn('one'), isIn('two')]).toEqual([true, false]);
    expect(await statusOf(port, '/one/HEAD')).toBe(200);
    expect(await statusOf(port, '/two/HEAD')).toBe(404);
    expect((await post(randomUUID(), 'gettimestamp')).status).toBe(404);
    expect(warnings).toEqual([
      expect.stringMatching(/two is not served: .*one has the UUID .*give it a UUID of its own/),
    ]);
    const health: unknown = await (await fetch(`http://127.0.0.1:${port}/healthz`)).json();
    expect(health).toMatchObject({ status: 'ok', problems: [expect.stringContaining(uuid)] });
    expect(JSON.stringify(health)).not.toContain(directory);
  });

  it('never take turns: the one served stays, and when it goes the other is not served', async () => {
    const uuid = annex('one');
    const { post, put } = await serve(await below(directory));
    expect((await post(uuid, 'gettimestamp')).status).toBe(200);
    copy('one', 'before');
    expect((await post(randomUUID(), 'gettimestamp')).status).toBe(404);
    await put(uuid, key, 'text');
    expect([isIn('before'), isIn('one')]).toEqual([false, true]);

    renameSync(join(directory, 'one'), join(temporaryDirectory(), 'away'));
    expect((await post(uuid, 'gettimestamp')).status).toBe(404);
    git(join(directory, 'before'), 'config', 'annex.uuid', randomUUID());
    const own = git(join(directory, 'before'), 'config', 'annex.uuid').trim();
    expect((await post(own, 'gettimestamp')).status).toBe(200);
  });

  it('of which one is served by its name are served by that one', async () => {
    const uuid = annex('a');
    copy('a', 'named');
    const gateway = await Gateway.open(join(directory, 'named'), { warn });
    const all = await DirectoryRepositories.open([directory], { warn, apart: gateway });
    const joint = new JointRepositories(new SingleRepository(gateway, 'named'), all);
    const { put, port } = await serve(joint);
    await put(uuid, key, 'text');
    expect([isIn('a'), isIn('named')]).toEqual([false, true]);
    expect(await statusOf(port, '/a/HEAD')).toBe(404);
    expect(joint.problems()).toHaveLength(1);
  });
});

describe('a node that lies beside its gateway', () => {
  it('is asked through it, so that its location log tells all, whoever stores', async () => {
    await demoIn(join(directory, 'demo'));
    const gateway = join(directory, 'demo', 'gateway.git');
    const configured = (name: string): string => git(gateway, 'config', name).trim();
    const node = configured('remote.node1.annex-uuid');
    const repositories = await below(directory);
    const { post, put } = await serve(repositories);
    const key = (number: number): string => `WORM-s4--k${number}`;
    const numbers = Array.from({ length: 8 }, (_none, index) => index);

    // Two writers to one node, one of them by the cluster; the second half is removed at once.
    await Promise.all(
      numbers.map(async (number) => {
        const to = number % 2 === 0 ? node : configured('annex.cluster.cluster');
        await put(to, key(number), 'text');
        if (number >= 4) await post(node, 'remove', `&key=${key(number)}`);
      }),
    );

    const present = async (number: number): Promise<boolean> =>
      (await post(node, 'checkpresent', `&key=${key(number)}`)).text === '{"present":true}';
    const isPresent = await Promise.all(numbers.map(present));
    expect(isPresent.slice(4)).toEqual([false, false, false, false]);
    expect(isPresent[0]).toBe(true);
    await close();
    close = () => Promise.resolve();
    const logged = numbers.map((number) => {
      const parsed = parseKey(key(number));
      const log = parsed && git(gateway, 'show', `git-annex:${locationLogPath(parsed)}`);
      return log?.includes(` 1 ${node}`);
    });
    expect(logged).toEqual(isPresent);
  });

  it('is known to be its node soon after it became so', async () => {
    await demoIn(join(directory, 'demo'));
    const gateway = join(directory, 'demo', 'gateway.git');
    const node = uuidOf(git(gateway, 'config', 'remote.node1.annex-uuid').trim());
    git(gateway, 'config', 'remote.node1.annex-cluster-node', '');
    let passedMs = 0;
    const clock: Clock = { ...machineClock, steadyMs: () => machineClock.steadyMs() + passedMs };
    const index = new DirectoryIndex([directory], { warn, system: { ...thisMachine, clock } });
    await index.begin();
    expect(index.found.gatewaysOf(node)).toEqual([]);

    git(gateway, 'config', 'remote.node1.annex-cluster-node', 'cluster');
    index.refresh();
    passedMs = 3_600_000;
    await vi.waitFor(
      () => {
        index.refresh();
        expect(index.found.gatewaysOf(node)).toHaveLength(1);
      },
      { timeout: 90_000 },
    );
  });

  it('is asked through it, too, when the node is what was named', async () => {
    await demoIn(join(directory, 'demo'));
    const place = join(directory, 'demo', 'node1.git');
    const gateway = await Gateway.open(place, { warn });
    const all = await DirectoryRepositories.open([directory], { warn, apart: gateway });
    const joint = new JointRepositories(new SingleRepository(gateway, 'node1'), all);
    close = () => joint.close();
    const lease = await joint.withUuid(gateway.uuid);
    expect(lease?.gateway.gitDirectory).toContain('gateway.git');
    lease?.release();
  });
});

describe('one repository besides a directory', () => {
  it('is served under its name, and once only', async () => {
    const [named, other] = [annex('named'), annex('other')];
    const gateway = await Gateway.open(join(directory, 'named'), { warn });
    const all = await DirectoryRepositories.open([directory], { warn, apart: gateway });
    expect(all.count).toBe(1);
    const { post, port } = await serve(
      new JointRepositories(new SingleRepository(gateway, 'named'), all),
    );
    expect((await post(named, 'gettimestamp')).status).toBe(200);
    expect((await post(other, 'gettimestamp')).status).toBe(200);
    const config = async (name: string): Promise<string> =>
      await (await fetch(`http://127.0.0.1:${port}/${name}/config`)).text();
    expect(await config('named')).toContain(named);
    expect(await config('other')).toContain(other);
  });
});

describe('a number of open repositories', () => {
  const shelfOf = (openMax: number): GatewayShelf => {
    const shelf = new GatewayShelf({
      clock: machineClock,
      open: (place) => {
        opened.push(basename(place));
        return Gateway.open(place, { warn });
      },
      warn,
      openMax,
    });
    close = () => shelf.close();
    return shelf;
  };
  let opened: string[];
  beforeEach(() => {
    opened = [];
    for (const name of ['a', 'b', 'c']) annex(name);
  });
  const use = async (shelf: GatewayShelf, name: string): Promise<void> => {
    (await shelf.lease(join(directory, name)))?.release();
  };

  it('is kept by closing the one that was used longest ago', async () => {
    const shelf = shelfOf(2);
    for (const name of ['a', 'b', 'a', 'c', 'a', 'b']) await use(shelf, name);
    expect(opened).toEqual(['a', 'b', 'c', 'b']);
    expect(warnings).toEqual([]);
  });

  it('is a limit when all are in use, or locked in', async () => {
    const shelf = shelfOf(1);
    const lease = await shelf.lease(join(directory, 'a'));
    await expect(use(shelf, 'b')).rejects.toThrow('in use already; try again');
    const lock = { release: () => Promise.resolve(), leave: () => Promise.resolve() };
    const id = lease?.gateway.locks.add(lock) ?? '';
    lease?.release();
    await expect(use(shelf, 'b')).rejects.toThrow('in use already');
    await lease?.gateway.locks.end(id, 'release');
    await use(shelf, 'b');
    expect(opened).toEqual(['a', 'b']);
  });

  it('does not hold on to one that is gone', async () => {
    const shelf = shelfOf(2);
    await use(shelf, 'a');
    await use(shelf, 'b');
    // Moved rather than removed: a directory made right after a removal may get the same inode.
    renameSync(join(directory, 'a'), join(directory, 'gone'));
    annex('a');
    await shelf.tidy();
    await use(shelf, 'a');
    expect(opened).toEqual(['a', 'b', 'a']);
  });

  it('shares one opening among those who come at once', async () => {
    const shelf = shelfOf(2);
    await Promise.all(['a', 'a', 'b', 'a'].map((name) => use(shelf, name)));
    expect(opened.sort()).toEqual(['a', 'b']);
  });
});
