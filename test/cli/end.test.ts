import { copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { ownDisk, thisMachine } from '../../src/repository/index.ts';
import { git } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';
import { interrupt, serve, type Running } from './program.ts';

let directory: string;
let server: (Running & { readonly port: number }) | undefined;
beforeEach(() => {
  directory = temporaryDirectory();
});
afterEach(async () => {
  server?.child.kill('SIGKILL');
  await server?.ended;
});

/** A settings file of a user whose git wants other things than most do. */
function unusualUser(): Record<string, string> {
  const settings = join(temporaryDirectory(), 'config');
  writeFileSync(settings, '[safe]\n\tbareRepository = explicit\n');
  return { GIT_CONFIG_GLOBAL: settings, GIT_DEFAULT_HASH: 'sha256' };
}

describe('the end of a server', () => {
  it('comes at the second signal although a lock is not to be had, and is told', async () => {
    server = await serve(['demo', 'demo'], { directory });
    const annex = join(directory, 'demo', 'gateway.git', 'annex');
    mkdirSync(join(annex, 'journal'), { recursive: true });
    const lock = await thisMachine.locks.lock(join(annex, 'journal.lck'), 'exclusive', {
      disk: ownDisk,
      create: true,
      timeoutMs: 5000,
    });
    try {
      writeFileSync(join(annex, 'journal', 'uuid.log'), 'something to commit\n');
      server.child.kill('SIGINT');
      await new Promise((resolve) => setTimeout(resolve, 200));
      const startMs = performance.now();
      server.child.kill('SIGINT');
      const ended = await server.ended;
      expect(performance.now() - startMs).toBeLessThan(5000);
      expect(ended.status).toBe(1);
      expect(ended.stderr).toContain('it did not end cleanly');
    } finally {
      lock.release();
    }
    expect(existsSync(join(annex, 'journal', 'uuid.log'))).toBe(true);
  });
});

describe('a user with settings of their own', () => {
  it('gets a demo that serves and takes pushes', async () => {
    const env = unusualUser();
    server = await serve(['demo', 'demo'], { directory, env });
    const clone = join(directory, 'clone');
    git(directory, 'clone', '-q', `http://localhost:${server.port}/demo`, clone);
    copyFileSync(join(clone, 'README.md'), join(clone, 'other'));
    git(clone, 'add', 'other');
    git(clone, 'commit', '-q', '-m', 'other');
    git(clone, 'push', '-q', 'origin', 'HEAD');
    const ended = await interrupt(server);
    expect(ended.status).toBe(0);
    expect(ended.stderr.split('\n')).toEqual([expect.stringContaining('refs/heads/main'), '']);
  });
});
