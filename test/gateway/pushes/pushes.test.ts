import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Key } from '../../../src/key/index.ts';
import { answerGit } from '../../../src/gateway/http/git/git-http.ts';
import type { Push } from '../../../src/gateway/pushes/index.ts';
import { locationLogPath, ownDisk, thisMachine } from '../../../src/repository/index.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { ask, newContent, put, until } from '../annex-requests.ts';
import { logged, newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';
import { cloneOf, commitWith, doorFor, emptied, gatewayOf, linesOf, said } from './pushers.ts';

let demo: ServedDemo;
/** Of what node1 has. */
let key: Key;
const doors: Record<string, Awaited<ReturnType<typeof doorFor>>> = {};

beforeAll(async () => {
  demo = await serveDemo(await newDemo());
  doors['full'] = await doorFor(demo, { wideopen: true });
  doors['append-only'] = await doorFor(demo, { unauthAppendonly: true });
  doors['read-only'] = await doorFor(demo, { unauthReadonly: true });
  const stored = newContent();
  await put(demo, 'node1', stored.key, stored.content);
  key = stored.key;
  const path = locationLogPath(key);
  const isFetched = (): boolean =>
    git(gatewayOf(demo), 'ls-tree', '-r', 'git-annex').includes(path);
  await until(isFetched, 'the commit of what is stored');
});

afterAll(async () => {
  for (const door of Object.values(doors)) door.close();
  await demo.close();
});

const urlFor = (who: string): string => doors[who]?.url ?? '';

/** Whether all that was in the branch is there still. */
function expectAllOf(before: ReadonlySet<string>): void {
  const now = linesOf(gatewayOf(demo));
  expect([...before].filter((line) => !now.has(line))).toEqual([]);
}

const refs = ['git-annex', 'synced/git-annex'] as const;

describe.each(['append-only', 'full'])('a pusher who is %s', (who) => {
  it.each([
    ['an emptied tree on top', (where: string) => emptied(where, ['git-annex'])],
    ['an emptied tree without history', (where: string) => emptied(where, [])],
    ['a branch that was rewound', (where: string) => git(where, 'rev-parse', 'git-annex~1').trim()],
    [
      'a directory where a log is, and a log where a directory is',
      (where: string) => commitWith(where, [], { 'uuid.log/x.log': 'x\n', abc: 'x\n' }),
    ],
  ])('takes nothing by %s, and the push goes well', async (_what, made) => {
    const before = linesOf(gatewayOf(demo));
    const where = await cloneOf(urlFor(who));
    const commit = made(where);

    for (const ref of refs) {
      const pushed = await said(where, 'push', '--force', 'origin', `${commit}:refs/heads/${ref}`);
      expect(pushed.isDone, pushed.text).toBe(true);
    }

    expect(logged(demo, key)).toContain('node1');
    expectAllOf(before);
    // What is shown under the other name is merged, too.
    git(gatewayOf(demo), 'merge-base', '--is-ancestor', 'synced/git-annex', 'git-annex');
    expect(git(gatewayOf(demo), 'for-each-ref', 'refs/ballast')).toBe('');
  });

  it('adds what he knows, whatever he lacks, by one push and the next', async () => {
    const before = linesOf(gatewayOf(demo));
    const where = await cloneOf(urlFor(who));
    const laptop = imaginaryUuid(who === 'full' ? 7 : 8);
    for (const stamp of [5, 6]) {
      const news = commitWith(where, [], {
        'uuid.log': `${laptop} laptop timestamp=${stamp}s\n`,
        [locationLogPath(key)]: `170000000${stamp}s 1 ${laptop}\n`,
      });
      const pushed = await said(where, 'push', '-f', 'origin', `${news}:refs/heads/git-annex`);
      expect(pushed.isDone, pushed.text).toBe(true);
    }

    expectAllOf(before);
    expect(new Set(logged(demo, key))).toContain(laptop);
    expect(linesOf(gatewayOf(demo)).has(`uuid.log: ${laptop} laptop timestamp=5s`)).toBe(true);
  });

  it('does not delete the branch, nor gives it what is none, and is told so', async () => {
    const before = git(gatewayOf(demo), 'rev-parse', 'git-annex');
    const where = await cloneOf(urlFor(who));
    const tag = git(where, 'hash-object', '-w', 'README.md').trim();

    const gone = await said(where, 'push', 'origin', ':git-annex');
    const blob = await said(where, 'push', '-f', 'origin', `${tag}:refs/heads/x/git-annex`);

    expect(gone.text).toMatch(/! \[remote rejected\] git-annex \(the git-annex branch belongs to/);
    expect(blob.text).toMatch(/\[remote rejected\] .* \(what was pushed is no commit\)/);
    expect(git(gatewayOf(demo), 'rev-parse', 'git-annex')).toBe(before);
  });
});

it('refuses all of an atomic push that would delete the branch', async () => {
  const where = await cloneOf(urlFor('full'));
  const refs = git(gatewayOf(demo), 'for-each-ref');

  const pushed = await said(where, 'push', '--atomic', 'origin', ':git-annex', 'main:atomic');

  expect(pushed.text).toMatch(/belongs to everybody/);
  expect(git(gatewayOf(demo), 'for-each-ref')).toBe(refs);
  const other = await said(where, 'push', '--atomic', 'origin', 'git-annex', 'main:atomic');
  expect(other.isDone, other.text).toBe(true);
  expect(git(gatewayOf(demo), 'rev-parse', 'atomic')).toBe(git(where, 'rev-parse', 'main'));
});

it.for(['append-only', 'full'])('takes nothing that replaces an object, by %s', async (who) => {
  const where = await cloneOf(urlFor(who));
  const tip = git(where, 'rev-parse', 'origin/git-annex').trim();
  const before = linesOf(gatewayOf(demo));

  const pushed = await said(where, 'push', 'origin', `${emptied(where, [])}:refs/replace/${tip}`);

  expect(pushed.text).toMatch(/! \[remote rejected\] .* \(objects are not replaced by a push\)/);
  expect(git(gatewayOf(demo), 'for-each-ref', 'refs/replace')).toBe('');
  expect(linesOf(gatewayOf(demo))).toEqual(before);
});

it('lets who may only append make tags and move none, and write nowhere else', async () => {
  const where = await cloneOf(urlFor('append-only'));
  const made = await said(where, 'push', 'origin', 'main:refs/tags/v1');
  const commit = commitWith(where, [git(where, 'rev-parse', 'main').trim()], { other: 'x' });
  const moved = await said(where, 'push', '-f', 'origin', `${commit}:refs/tags/v1`);
  const gone = await said(where, 'push', 'origin', ':refs/tags/v1');
  const elsewhere = await said(where, 'push', 'origin', 'main:refs/annex/x', 'main:beside3');

  expect(made.isDone, made.text).toBe(true);
  for (const { text } of [moved, gone]) expect(text).toMatch(/neither moves tags nor deletes them/);
  expect(elsewhere.text).toMatch(/who may only append pushes branches and new tags/);
  expect(git(gatewayOf(demo), 'rev-parse', 'v1')).toBe(git(where, 'rev-parse', 'main'));
  expect(git(gatewayOf(demo), 'rev-parse', 'beside3')).toBe(git(where, 'rev-parse', 'main'));
  expect(git(gatewayOf(demo), 'for-each-ref', 'refs/annex')).toBe('');
});

it('leaves refs of its own to nobody', async () => {
  const where = await cloneOf(urlFor('full'));
  git(gatewayOf(demo), 'update-ref', 'refs/ballast/pushed/left/0', 'main');

  const written = await said(where, 'push', 'origin', 'main:refs/ballast/x');
  const shown = await said(where, 'ls-remote', 'origin');
  expect(written.text).toMatch(/deny updating a hidden ref/);
  expect(shown.text).not.toMatch(/ballast/);
  // What a push that was killed has left goes with the next one.
  expect(git(gatewayOf(demo), 'for-each-ref', 'refs/ballast')).toBe('');
});

it('goes on, and says so, while what killed pushes left cannot be cleared', async () => {
  const where = await cloneOf(urlFor('full'));
  git(gatewayOf(demo), 'update-ref', 'refs/ballast/pushed/left/0', 'main');
  const lock = join(gatewayOf(demo), 'packed-refs.lock');
  writeFileSync(lock, '');

  const pushed = await said(where, 'push', 'origin', 'main:beside', 'git-annex');
  const told = (await ask(demo, '/healthz')).body.toString();
  rmSync(lock);
  const again = await said(where, 'push', 'origin', 'main:beside2');

  expect(pushed.isDone, pushed.text).toBe(true);
  expect(told).toContain('what pushes that were killed have left cannot be cleared');
  expect(again.isDone, again.text).toBe(true);
  expect(git(gatewayOf(demo), 'for-each-ref', 'refs/ballast')).toBe('');
  expect((await ask(demo, '/healthz')).body.toString()).not.toContain('cannot be cleared');
});

it('is closed to readers', async () => {
  const where = await cloneOf(urlFor('read-only'));
  const before = git(gatewayOf(demo), 'rev-parse', 'git-annex');

  const pushed = await said(where, 'push', '-f', 'origin', `${emptied(where, [])}:git-annex`);

  expect(pushed.text).toMatch(/403/);
  expect(git(gatewayOf(demo), 'rev-parse', 'git-annex')).toBe(before);
});

describe('a push by somebody who may only append', () => {
  it('takes no copy and sets nothing for others, and names what is left out', async () => {
    const before = linesOf(gatewayOf(demo));
    const where = await cloneOf(urlFor('append-only'));
    const { node1, cluster } = demo.uuids;
    const [mine, other] = [imaginaryUuid(21), imaginaryUuid(22)];
    const future = Math.floor(Date.now() / 1000) + 1_000_000;
    const log = locationLogPath(key);
    const allowed = {
      'uuid.log': [`${mine} my laptop timestamp=5s`],
      'group.log': [`${mine} client timestamp=5s`],
      'trust.log': [`${mine} 0 timestamp=5s`],
      [log]: [`1700000005s 1 ${mine}`, `1700000006s 0 ${other}`],
      [`${log}.met`]: ['5s tag +mine'],
    };
    const refused = {
      'uuid.log': [`${node1} hijacked timestamp=9999999999s`],
      'group.log': [
        `${node1} archive timestamp=9999999999s`,
        `${other} client timestamp=5s`,
        `${mine} nodes timestamp=6s`,
      ],
      'remote.log': [`${mine} autoenable=true name=x type=web timestamp=5s`],
      'trust.log': [`${mine} 1 timestamp=6s`, `${node1} X timestamp=9999999999s`],
      'numcopies.log': ['9999999999s 0'],
      'transitions.log': ['ForgetGitHistory 5s'],
      'cluster.log': [`5s ${mine} ${node1}`],
      'difference.log': [`${mine} ObjectHashLower timestamp=5s`],
      'new.log': ['5s x'],
      [log]: [
        `1999999999s 0 ${node1}`,
        `1700000009s X ${node1}`,
        `${future}s 1 ${node1}`,
        `1999999999s 0 ${node1}\r`,
        'rubbish',
        `1700000006s 1 ${cluster}`,
      ],
      [`${log}.cnk`]: [`5s ${node1}:1000 0`],
    };
    const files: Record<string, string> = {};
    for (const lines of [allowed, refused]) {
      for (const [path, of] of Object.entries(lines)) {
        files[path] = `${files[path] ?? ''}${of.join('\n')}\n`;
      }
    }
    const commit = commitWith(where, [], files);

    const pushed = await said(where, 'push', '-f', 'origin', `${commit}:refs/heads/git-annex`);

    expect(pushed.isDone, pushed.text).toBe(true);
    expectAllOf(before);
    const now = linesOf(gatewayOf(demo));
    const asLines = (of: Record<string, string[]>): string[] =>
      Object.entries(of).flatMap(([path, lines]) => lines.map((line) => `${path}: ${line}`));
    expect(asLines(allowed).filter((line) => !now.has(line))).toEqual([]);
    expect(asLines(refused).filter((line) => now.has(line))).toEqual([]);
    expect(pushed.text).toContain(`remote: ballast: ${asLines(refused).length} of the changes`);
    expect(pushed.text).toMatch(/remote: +and 9 more/);
    // It is no parent of the branch, so that nobody takes the branch for all of it.
    const ancestry = await said(
      gatewayOf(demo),
      'merge-base',
      '--is-ancestor',
      commit,
      'git-annex',
    );
    expect(ancestry.isDone).toBe(false);
  });

  it('counts whole when the gateway is told to trust', async () => {
    const where = await cloneOf(urlFor('append-only'));
    git(gatewayOf(demo), 'config', 'annex.ballast.appendonly', 'trusting');
    try {
      const commit = commitWith(where, ['git-annex'], { 'numcopies.log': '5s 1\n' });
      const pushed = await said(where, 'push', 'origin', `${commit}:refs/heads/git-annex`);
      expect(pushed.text).not.toMatch(/left out/);
      expect(linesOf(gatewayOf(demo))).toContain('numcopies.log: 5s 1');
    } finally {
      git(gatewayOf(demo), 'config', '--unset', 'annex.ballast.appendonly');
    }
  });
});

describe.skipIf(!hasGitAnnex)('a real client that may only append', () => {
  it('syncs again and again, keeps what it has set, and loses nothing to a wiper', async () => {
    const where = await cloneOf(urlFor('append-only'));
    git(where, 'config', 'annex.security.allowed-ip-addresses', '127.0.0.1 ::1');
    const settled = [
      ['annex', 'init', 'appender'],
      ['annex', 'numcopies', '3'],
      ['annex', 'sync', '--no-content'],
    ];
    let text = '';
    for (const words of settled) {
      const step = await said(where, ...words);
      expect(step.isDone, step.text).toBe(true);
      text += step.text;
    }
    expect(text).toMatch(/numcopies\.log: \d+s 3 \(it is a setting for all repositories\)/);
    expect([...linesOf(gatewayOf(demo))].some((line) => / appender timestamp/.test(line))).toBe(
      true,
    );

    const wiper = await cloneOf(urlFor('append-only'));
    await said(wiper, 'push', 'origin', `${emptied(wiper, ['git-annex'])}:refs/heads/git-annex`);
    const again = await said(where, 'annex', 'sync', '--no-content');

    expect(again.isDone, again.text).toBe(true);
    expect((await said(where, 'annex', 'numcopies')).text).toContain('3');
    expect(git(where, 'show', `git-annex:${locationLogPath(key)}`)).toContain(demo.uuids.node1);
  });
});

describe('a push of packets that git and others may read differently', () => {
  const pkt = (text: string): string => `${(text.length + 4).toString(16).padStart(4, '0')}${text}`;
  const certificate = pkt('push-cert\0report-status\n');

  it.each([
    [
      'an end of a certificate that is none',
      (from: string, to: string) =>
        `${certificate}${pkt('push-cert-end\n\0x')}${pkt(`${from} ${to} refs/heads/git-annex`)}`,
    ],
    [
      'a name in two parts',
      (from: string, to: string) =>
        `${certificate}${pkt(`version 0.1\n\n${from} ${to} refs/heads/git-\0zz`)}${pkt('annex\n')}${pkt('push-cert-end\n')}`,
    ],
  ])('is refused with words: %s', async (_what, made) => {
    const from = git(gatewayOf(demo), 'rev-parse', 'git-annex').trim();
    const to = emptied(gatewayOf(demo), ['git-annex']);
    const pack = Buffer.from(
      '5041434b0000000200000000029d08823bd8a8eab510ad6ac75c823cfd3ed31e',
      'hex',
    );

    const answer = await fetch(`${urlFor('append-only')}/git-receive-pack`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-git-receive-pack-request' },
      // Told although much more is still to come.
      body: Buffer.concat([Buffer.from(`${made(from, to)}0000`), pack, Buffer.alloc(8_000_000)]),
    });

    expect(await answer.text()).toMatch(/signed pushes are not taken here/);
    expect(git(gatewayOf(demo), 'rev-parse', 'git-annex').trim()).toBe(from);
  });
});

it('leaves names below its own refs to git, which refuses them', async () => {
  const where = await cloneOf(urlFor('full'));

  const pushed = await said(where, 'push', 'origin', 'git-annex:refs/ballast/x/git-annex');

  expect(pushed.text).toMatch(/deny updating a hidden ref/);
  expect(git(gatewayOf(demo), 'for-each-ref', 'refs/ballast')).toBe('');
});

it.each([{}, { 'Content-Encoding': 'gzip' }])(
  'ends a push whose client leaves while it is made ready: %o',
  async (headers) => {
    let answered: Promise<void> | undefined;
    const server = createServer((request, response) => {
      const push = async (): Promise<Push> => {
        const made = await demo.gateway.push({ name: 'a leaver', mayOverrule: false });
        leaving.destroy();
        if (!response.destroyed) await once(response, 'close');
        return made;
      };
      const served = {
        gitDirectory: gatewayOf(demo),
        isAppendOnly: true,
        idleMs: 60_000,
        push,
        pushed: async () => undefined,
      };
      const target = { path: '/git-receive-pack', query: '' };
      answered = answerGit(request, response, served, target);
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const leaving = httpRequest({ host: '127.0.0.1', port, method: 'POST', headers });
    leaving.on('error', () => undefined);
    leaving.write('x');

    await until(() => answered !== undefined, 'the request');
    await answered;

    const path = join(gatewayOf(demo), 'annex', 'ballast-push.lck');
    const lock = await thisMachine.locks.tryLock(path, 'exclusive', {
      create: false,
      disk: ownDisk,
    });
    expect(lock).toBeDefined();
    lock?.release();
    server.close();
  },
);
