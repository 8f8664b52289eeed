import { existsSync, readlinkSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseKey } from '../../../src/key/index.ts';
import { locationLogPath } from '../../../src/repository/index.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { imaginaryUuid } from '../../support/presence.ts';
import { newDemo, serveDemo, type ServedDemo } from '../served-demo.ts';
import { cloneOf, commitWith, doorFor, gatewayOf, said } from './pushers.ts';

describe('a stranger who may only append', { timeout: 200_000 }, () => {
  let demo: ServedDemo;
  let door: Awaited<ReturnType<typeof doorFor>>;
  let full: Awaited<ReturnType<typeof doorFor>>;

  beforeAll(async () => {
    demo = await serveDemo(await newDemo());
    door = await doorFor(demo, { unauthAppendonly: true });
    full = await doorFor(demo, { wideopen: true });
  }, 100_000);

  afterAll(async () => {
    door.close();
    full.close();
    await demo.close();
  });

  it('puts no malformed commit into the history of everybody', async () => {
    const where = await cloneOf(door.url);
    const tree = git(where, 'rev-parse', 'git-annex^{tree}').trim();
    const text = `tree ${tree}\nauthor x<x> nodate\ncommitter x <x> 1 +0000\n\nbad\n`;
    writeFileSync(join(where, 'commit'), text);
    const words = ['hash-object', '-t', 'commit', '-w', '--literally', 'commit'];
    const bad = git(where, ...words).trim();

    const pushed = await said(where, 'push', '-f', 'origin', `${bad}:refs/heads/git-annex`);

    expect(pushed.isDone).toBe(false);
    expect(pushed.text).toMatch(/missingSpaceBeforeEmail|fsck|unpack/);
    const found = await said(gatewayOf(demo), 'cat-file', '-e', bad);
    expect(found.isDone).toBe(false);
  });

  it.skipIf(!hasGitAnnex)(
    'has nobody enable his remote, or drop a last copy on his word',
    async () => {
      const where = await cloneOf(door.url);
      const { node1, node2 } = demo.uuids;
      const remotes = [node1, node2].map((of, at) => {
        const uuid = imaginaryUuid(66 + at);
        const way = `sameas-name=evil${at} sameas-uuid=${of} type=httpalso url=http://127.0.0.1:9/`;
        return {
          described: `${uuid} evil${at} timestamp=5s\n`,
          remote: `${uuid} autoenable=true encryption=none ${way} timestamp=5s\n`,
        };
      });
      const own = imaginaryUuid(70);
      remotes.push({
        described: `${own} evil-web timestamp=5s\n`,
        remote: `${own} autoenable=true name=evil-web type=web urlinclude=* timestamp=5s\n`,
      });
      const first = commitWith(where, [], {
        'uuid.log': remotes.map(({ described }) => described).join(''),
        'remote.log': remotes.map(({ remote }) => remote).join(''),
      });
      const pushed = await said(where, 'push', '-f', 'origin', `${first}:refs/heads/git-annex`);
      expect(pushed.isDone, pushed.text).toBe(true);

      const victim = await cloneOf(full.url);
      git(victim, 'config', 'annex.security.allowed-ip-addresses', '127.0.0.1 ::1');
      const init = await said(victim, 'annex', 'init', 'victim');
      expect(init.text).not.toContain('evil');
      expect(git(victim, 'remote')).not.toContain('evil');
      writeFileSync(join(victim, 'f'), 'sixxes');
      await said(victim, 'annex', 'add', 'f');
      git(victim, 'commit', '-qm', 'f');
      await said(victim, 'annex', 'sync', '--no-content');
      const key = parseKey(basename(readlinkSync(join(victim, 'f'))));
      if (key === undefined) throw new Error('no key');
      await said(where, 'fetch', 'origin');
      const log = locationLogPath(key);
      const now = Math.floor(Date.now() / 1000);
      const claims = `${now}s 1 ${node1}\n${now}s 1 ${node2}\n`;
      const known = git(where, 'show', `origin/git-annex:${log}`);
      const second = commitWith(where, ['origin/git-annex'], { [log]: `${known}${claims}` });
      await said(where, 'push', 'origin', `${second}:refs/heads/git-annex`);
      await said(victim, 'annex', 'sync', '--no-content');

      const dropped = await said(victim, 'annex', 'drop', 'f');

      expect(dropped.isDone).toBe(false);
      expect(existsSync(join(victim, 'f'))).toBe(true);
      expect(git(gatewayOf(demo), 'show', `git-annex:${log}`)).not.toContain(node1);
    },
  );

  it.skipIf(!hasGitAnnex)(
    'is no stranger to git-annex: what it says of itself and its own comes in',
    async () => {
      const where = await cloneOf(door.url);
      git(where, 'config', 'annex.security.allowed-ip-addresses', '127.0.0.1 ::1');
      await said(where, 'annex', 'init', 'guest');
      writeFileSync(join(where, 'g'), 'guest');
      await said(where, 'annex', 'add', 'g');
      git(where, 'commit', '-qm', 'g');
      for (const words of [
        ['sync', '--no-content'],
        ['copy', '--to', 'origin', 'g'],
        ['sync', '--no-content'],
      ]) {
        const done = await said(where, 'annex', ...words);
        expect(done.isDone, done.text).toBe(true);
        expect(done.text).not.toContain('left out');
      }
    },
  );
});
