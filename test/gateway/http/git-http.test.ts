import { execFile } from 'node:child_process';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Key } from '../../../src/key/index.ts';
import { ownDisk, locationLogPath, thisMachine } from '../../../src/repository/index.ts';
import { git, gitEnvironment } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/objects.ts';
import { ask, begin, newContent, postKey, put, until } from '../annex-requests.ts';
import { logged, newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';

let demo: ServedDemo;
let directory: string;
beforeAll(async () => {
  directory = await newDemo();
  demo = await serveDemo(directory);
});
afterAll(() => demo.close());

const run = promisify(execFile);

/** git must not block this process, which is also the server. */
async function gitAsync(where: string, ...words: readonly string[]): Promise<string> {
  return (await run('git', ['-C', where, ...words], { env: gitEnvironment })).stdout;
}

async function clone(from: ServedDemo = demo): Promise<string> {
  const where = join(temporaryDirectory(), 'clone');
  await gitAsync('.', 'clone', '-q', `http://127.0.0.1:${from.port}/demo`, where);
  return where;
}

function commitFile(where: string, name: string, text: string | Uint8Array): void {
  writeFileSync(join(where, name), text);
  git(where, 'add', name);
  git(where, 'commit', '-q', '-m', name);
}

/** A clone that knows of a copy which nobody else knows of yet. */
async function cloneWithNews(): Promise<{ where: string; key: Key }> {
  const where = await clone();
  const { key } = newContent();
  await gitAsync(where, 'fetch', '-q', 'origin');
  git(where, 'checkout', '-q', '-b', 'git-annex', 'origin/git-annex');
  const path = locationLogPath(key);
  await run('mkdir', ['-p', join(where, path, '..')]);
  commitFile(where, path, `1700000000.5s 1 ${demo.uuids.node3}\n`);
  return { where, key };
}

describe('git over HTTP', () => {
  it('clones and pushes, under both names of the repository', async () => {
    const where = await clone();
    expect(readdirSync(where)).toContain('README.md');
    commitFile(where, 'one', 'one');
    await gitAsync(where, 'push', '-q', 'origin', 'main');
    await gitAsync(where, 'fetch', '-q', `http://127.0.0.1:${demo.port}/demo.git`);
    const there = git(repositoryOf(directory, 'gateway'), 'rev-parse', 'main');
    expect(git(where, 'rev-parse', 'HEAD')).toBe(there);
  });

  it('takes bodies in pieces and bodies that are compressed', async () => {
    const where = await clone();
    commitFile(where, 'large', Buffer.alloc(5_000_000, 'x'));
    await gitAsync(where, '-c', 'http.postBuffer=65536', '-c', 'core.compression=0', 'push', '-q');
    const head = git(where, 'rev-parse', 'HEAD').trim();
    const line = `0032want ${head}\n`;
    const body = gzipSync(Buffer.from(`${line}00000009done\n`));

    const answer = await ask(demo, '/demo/git-upload-pack', {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-git-upload-pack-request',
        'Content-Encoding': 'gzip',
      },
      body,
    });

    expect(answer.status).toBe(200);
    expect(answer.body.toString('latin1')).toMatch(/^0008NAK\nPACK/);
  });

  it('has merged what was pushed to synced/git-annex when the push ends', async () => {
    const { where, key } = await cloneWithNews();

    await gitAsync(where, 'push', '-q', 'origin', 'git-annex:synced/git-annex');

    expect(logged(demo, key)).toEqual(['node3']);
  });

  it('waits with a push for whoever is writing, and refuses what takes too long', async () => {
    await demo.close();
    demo = await serveDemo(directory, { limits: { pushMergeMs: 700, nodeAnswerMs: 2000 } });
    const { where, key } = await cloneWithNews();
    const journal = join(repositoryOf(directory, 'gateway'), 'annex', 'journal.lck');
    const busy = await thisMachine.locks.lock(journal, 'exclusive', {
      disk: ownDisk,
      create: true,
      timeoutMs: 10_000,
    });

    const late = gitAsync(where, 'push', '-q', '-f', 'origin', 'git-annex:synced/git-annex');
    await expect(late).rejects.toThrow(
      /git-annex -> synced\/git-annex \(it cannot be merged now; push it again later\)/,
    );
    expect(logged(demo, key)).toEqual([]);
    busy.release();
    await gitAsync(where, 'push', '-q', '-f', 'origin', 'git-annex:synced/git-annex');

    expect(logged(demo, key)).toEqual(['node3']);
    await demo.close();
    demo = await serveDemo(directory);
  });

  it('takes uploads and pushes at the same time, and loses neither', async () => {
    const stored = Array.from({ length: 8 }, async () => {
      const { content, key } = newContent();
      expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
      return key;
    });
    const pushes = [1, 2].map(async (i) => {
      const where = await clone();
      await gitAsync(where, 'fetch', '-q', 'origin');
      const tree = git(where, 'rev-parse', 'origin/git-annex^{tree}').trim();
      const commit = git(where, 'commit-tree', '-p', 'origin/git-annex', '-m', 'x', tree).trim();
      await gitAsync(where, 'push', '-q', '-f', 'origin', `${commit}:refs/heads/s${i}/git-annex`);
    });
    await Promise.all(pushes);
    for (const key of await Promise.all(stored)) expect(logged(demo, key)).toEqual(['node1']);
    git(repositoryOf(directory, 'gateway'), 'fsck', '--connectivity-only');
  });

  it('survives a client that vanishes in the middle of a push', async () => {
    const refs = git(repositoryOf(directory, 'gateway'), 'for-each-ref', 'refs/heads/main');
    const sent = begin(demo, '/demo/git-receive-pack', {
      method: 'POST',
      headers: { 'Content-Type': 'application/x-git-receive-pack-request' },
    });
    sent.on('error', () => undefined);
    const zero = '0'.repeat(40);
    sent.write(
      `0078${zero} ${'1'.repeat(40)} refs/heads/broken\u0000 report-status agent=git/2.0 `,
    );
    await postKey(demo, 'node1', 'checkpresent', newContent().key);
    sent.destroy();

    const objects = join(repositoryOf(directory, 'gateway'), 'objects');
    const quarantines = (): string[] =>
      readdirSync(objects).filter((name) => name.startsWith('tmp_') || name.includes('incoming'));
    await until(() => quarantines().length === 0, 'the end of the push');
    expect(git(repositoryOf(directory, 'gateway'), 'for-each-ref', 'refs/heads/main')).toBe(refs);
    expect(readdirSync(await clone())).toContain('README.md');
  });
});

describe('a git that gives no answer', () => {
  it('is a failure of which the client hears nothing but that the log has it', async () => {
    demo.warnings.splice(0);
    const broken = join(temporaryDirectory(), 'broken');
    writeFileSync(broken, '[broken');
    vi.stubEnv('GIT_CONFIG_GLOBAL', broken);
    try {
      const answer = await ask(demo, '/demo/info/refs?service=git-upload-pack');

      const text = 'the gateway could not do this; its log tells why';
      expect(answer).toMatchObject({ status: 500, body: Buffer.from(text) });
    } finally {
      vi.unstubAllEnvs();
    }
    expect(demo.warnings).toEqual([
      expect.stringMatching(
        /^GET \/demo\/info\/refs\?service=git-upload-pack failed: git .* bad config/s,
      ),
    ]);
  });
});

describe('requests that git answers without reading', () => {
  it.for([200, 5_000_000])('are answered although a body of %i bytes comes', async (length) => {
    const headers = { 'Content-Type': 'text/plain' };
    const post = { method: 'POST', headers, body: Buffer.alloc(length) };
    expect((await ask(demo, '/demo/git-upload-pack', post)).status).toBe(415);
  });
});

describe('paths of git', () => {
  it.for([
    '/',
    '/demo',
    '/demo/',
    '/demo/..',
    '/demo/../..',
    '/demo/../node1.git/config',
    '/demo/objects/../config',
    '/demo/./config',
    '/demo//config',
    '/demo/objects/../../node1.git/HEAD',
    '/demo/%2e%2e/node1.git/HEAD',
    '/demo/hooks/pre-receive.sample',
    '/demo/annex/journal',
    '/demo/annex/objects/x',
    '/demo/description',
    '/demo/objects/info/..',
    '/demo/objects/info/../../config',
    '/demo/objects/aa',
    '/demo/refs/heads/main',
    '/demo/packed-refs',
    '/demo/config.lock',
    '/demo/HEAD/',
    '/demo/HEAD%00',
    '/demo2/HEAD',
    '/gateway.git/HEAD',
    '/DEMO/HEAD',
    '/demo/git-upload-archive',
  ])('nothing is at %s', async (path) => {
    for (const method of ['GET', 'POST']) {
      expect(await ask(demo, path, { method })).toMatchObject({ status: 404 });
    }
  });

  it('of objects stay inside the repository', async () => {
    const answer = await ask(demo, '/demo/objects/info/alternates');
    expect(answer.status).toBe(404);
    expect((await ask(demo, '/demo/HEAD')).body.toString()).toBe('ref: refs/heads/main\n');
    expect((await ask(demo, `/demo/objects/aa/${'0'.repeat(38)}`)).status).toBe(404);
  });
});

describe('the served config', () => {
  const config = async (host: string): Promise<{ status: number; text: string }> => {
    const answer = await ask(demo, '/demo/config', { headers: { Host: host } });
    return { status: answer.status, text: answer.body.toString() };
  };

  // A url of git-annex's without a port means 9417.
  it.for([
    ['localhost:9417', 'localhost:9417'],
    ['127.0.0.1', '127.0.0.1:80'],
    ['[::1]:80', '[::1]:80'],
    ['Example.org:65535', 'Example.org:65535'],
  ] as const)(
    'tells the UUID and the url by which the client came: %s',
    async ([host, reached]) => {
      const file = join(temporaryDirectory(), 'config');
      writeFileSync(file, (await config(host)).text);
      expect(git('.', 'config', '-f', file, 'annex.uuid').trim()).toBe(demo.uuids.gateway);
      expect(git('.', 'config', '-f', file, 'annex.url').trim()).toBe(
        `annex+http://${reached}/git-annex/`,
      );
      expect(git('.', 'config', '-f', file, '--list').trim().split('\n')).toHaveLength(5);
    },
  );

  it.for(['a b', 'x"y', 'x/y', 'user@host', 'x;y', 'x#y', 'x:y', '[::1', 'a\\', 'x:123456'])(
    'quotes no host back that is none: %j',
    async (host) => {
      expect(await config(host)).toEqual({ status: 404, text: '' });
    },
  );

  it('tells the url that an administrator has set', async () => {
    const gateway = repositoryOf(directory, 'gateway');
    git(gateway, 'config', 'annex.url', 'annex+https://"annex".example.org/git-annex/');
    try {
      await postKey(demo, 'node1', 'checkpresent', newContent().key);
      expect((await config('localhost')).text).toContain(
        String.raw`url = "annex+https://\"annex\".example.org/git-annex/"`,
      );
    } finally {
      git(gateway, 'config', '--unset', 'annex.url');
    }
  });
});

describe('modes', () => {
  it('read-only clones and refuses pushes; append-only refuses rewinds and deletions', async () => {
    const where = await clone();
    await demo.close();
    demo = await serveDemo(directory, { access: { unauthReadonly: true } });
    git(where, 'remote', 'set-url', 'origin', `http://127.0.0.1:${demo.port}/demo`);
    commitFile(where, 'refused', 'x');
    await expect(gitAsync(where, 'push', 'origin', 'main')).rejects.toThrow('403');
    expect(readdirSync(await clone())).toContain('README.md');
    const headers = { 'Content-Type': 'application/x-git-receive-pack-request' };
    const body = Buffer.from('0000');
    const post = { method: 'POST', headers, body };
    expect((await ask(demo, '/demo/git-receive-pack', post)).status).toBe(403);

    await demo.close();
    demo = await serveDemo(directory, { access: { unauthAppendonly: true } });
    git(where, 'remote', 'set-url', 'origin', `http://127.0.0.1:${demo.port}/demo`);
    await gitAsync(where, 'push', '-q', 'origin', 'main', 'main:other');
    await expect(gitAsync(where, 'push', 'origin', ':other')).rejects.toThrow(
      'neither moves tags nor deletes them, nor deletes branches',
    );
    await expect(gitAsync(where, 'push', '-f', 'origin', 'main~1:main')).rejects.toThrow(
      'non-fast-forward',
    );
  });
});
