import { existsSync } from 'node:fs';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { parseKey, serializeKey, type Key } from '../../../src/key/index.ts';
import {
  Repository,
  repositorySettings,
  unhonoured,
  unhonouredOfRemote,
} from '../../../src/repository/index.ts';
import { annexRepository } from '../../support/branch.ts';
import { git } from '../../support/git-annex.ts';
import { ask, newContent, pathOf, postKey, put } from '../annex-requests.ts';
import {
  contentPath,
  demoForTests,
  holders,
  newDemo,
  repositoryOf,
  serveDemo,
  type DemoName,
  type ServedDemo,
} from '../served-demo.ts';

/** A git config with these settings and no others. */
function configOf(settings: Readonly<Record<string, string>>): {
  get(name: string): string | undefined;
  getBoolean(name: string): boolean | undefined;
} {
  return {
    get: (name) => settings[name],
    getBoolean: (name) => (settings[name] === undefined ? undefined : settings[name] === 'true'),
  };
}

/** What `/healthz` says. */
async function problems(demo: ServedDemo): Promise<readonly string[]> {
  const { body } = await ask(demo, '/healthz');
  const answer: { readonly problems?: readonly string[] } = JSON.parse(body.toString());
  return answer.problems ?? [];
}

async function answerTo(demo: ServedDemo, name: DemoName): Promise<string> {
  const path = pathOf(demo, name, 'checkpresent', { key: 'A-s1--a' });
  const { status, body } = await ask(demo, path, { method: 'POST' });
  return `${status} ${body.toString()}`;
}

describe('the table of settings', () => {
  const refused = repositorySettings.filter(({ treatment }) => treatment === 'refused');

  it.each(refused.map(({ name }) => name))('%s is refused when it is set, by name', (name) => {
    const found = unhonoured(configOf({ [name]: 'true' }), new Set());
    expect(found).toEqual([expect.objectContaining({ name, treatment: 'refused' })]);
  });

  it('passes over switches that are off, and what is honoured', () => {
    const off = { 'annex.private': 'false', 'annex.trashbin': '', 'annex.alwayscommit': 'true' };
    expect(unhonoured(configOf({ ...off, 'annex.thin': 'true' }), new Set())).toEqual([]);
    const [told] = unhonoured(configOf({ 'annex.alwayscommit': 'false' }), new Set());
    expect(told).toMatchObject({ name: 'annex.alwayscommit', treatment: 'told' });
  });

  it('knows the hooks that stand for settings, and the settings of remotes', () => {
    const [hook] = unhonoured(configOf({}), new Set(['secure-erase-annex', 'post-update']));
    expect(hook).toMatchObject({ name: 'hooks/secure-erase-annex', treatment: 'refused' });
    const readOnly = configOf({ 'remote.a.b.annex-readonly': 'true' });
    expect(unhonouredOfRemote('a.b', readOnly, 'repository')).toMatchObject([
      { name: 'remote.a.b.annex-readonly', treatment: 'refused' },
    ]);
    expect(unhonouredOfRemote('a.b', readOnly, 'special')).toEqual([]);
  });
});

describe('a repository with a setting that is not honoured', () => {
  it('is not opened, with the name of the setting and the way out', async () => {
    const directory = annexRepository();
    git(directory, 'config', 'annex.private', 'true');
    await expect(Repository.open(directory)).rejects.toMatchObject({ code: 'REPOSITORY_UNUSABLE' });
    await expect(Repository.open(directory)).rejects.toThrow(/annex\.private is set.*unset it/);
  });

  it('is opened with a hook that git-annex would not run, and not with one that it would', async () => {
    const directory = annexRepository();
    const hook = join(directory, '.git', 'hooks', 'secure-erase-annex');
    await mkdir(join(hook, '..'), { recursive: true });
    await writeFile(hook, '#!/bin/sh\n');
    await (await Repository.open(directory)).close();
    await chmod(hook, 0o755);
    await expect(Repository.open(directory)).rejects.toThrow(/hooks\/secure-erase-annex is set/);
  });
});

describe('while a gateway is served', () => {
  let demo: ServedDemo;
  const set = new Map<DemoName, string>();
  beforeAll(async () => {
    demo = await demoForTests();
  });
  afterEach(() => {
    for (const [name, setting] of set) unset(name, setting);
  });

  function configure(name: DemoName, setting: string, value: string): void {
    git(repositoryOf(demo.directory, name), 'config', setting, value);
    set.set(name, setting);
  }

  function unset(name: DemoName, setting: string): void {
    git(repositoryOf(demo.directory, name), 'config', '--unset', setting);
    set.delete(name);
  }

  it('a setting that it is refused for ends its answers until it is gone', async () => {
    const { content, key } = newContent();
    await put(demo, 'gateway', key, content);
    configure('gateway', 'annex.trashbin', 'trash');
    await vi.waitFor(async () => {
      expect(await answerTo(demo, 'cluster')).toMatch(/^503 annex\.trashbin is set/);
    }, 10_000);
    const removal = pathOf(demo, 'gateway', 'remove', { key: serializeKey(key) });
    expect((await ask(demo, removal, { method: 'POST' })).status).toBe(503);
    expect(existsSync(contentPath(repositoryOf(demo.directory, 'gateway'), key))).toBe(true);
    expect(demo.gateway.notices.all()).toMatchObject([{ subject: 'annex.trashbin' }]);

    unset('gateway', 'annex.trashbin');
    await vi.waitFor(async () => {
      expect(await answerTo(demo, 'cluster')).toMatch(/^200/);
    }, 10_000);
    expect(await problems(demo)).toEqual([]);
  });

  it('one that differs and harms nothing is told', async () => {
    configure('gateway', 'annex.freezecontent-command', 'chattr +i %path');
    await vi.waitFor(async () => {
      expect(await problems(demo)).toEqual([
        expect.stringMatching(/^annex\.freezecontent-command is set/),
      ]);
    }, 10_000);
    expect(await answerTo(demo, 'cluster')).toMatch(/^200/);
  });

  it('a node that gets one is not used, and told', async () => {
    const { content, key } = newContent();
    await put(demo, 'node1', key, content);
    configure('node1', 'annex.tune.objecthash1', 'true');
    await vi.waitFor(async () => {
      expect(await answerTo(demo, 'node1')).toMatch(/^502 .*annex\.tune\.objecthash1 is set/);
    }, 10_000);
    expect(await problems(demo)).toContainEqual(expect.stringMatching(/^node1: annex\.tune/));
    const { content: other, key: next } = newContent();
    expect(await put(demo, 'cluster', next, other)).toMatchObject({ stored: true });
    expect(holders(demo, next)).not.toContain('node1');
    expect(await postKey(demo, 'cluster', 'remove', key)).toMatchObject({ removed: false });
  });

  it('a node that the gateway may not write to is not used', async () => {
    configure('gateway', 'remote.node2.annex-readonly', 'true');
    expect(await answerTo(demo, 'node2')).toMatch(/^502 .*remote\.node2\.annex-readonly is set/);
    expect(await problems(demo)).toContainEqual(expect.stringMatching(/annex-readonly is set/));
  });

  it('keys of insecure hashes are refused where annex.securehashesonly is set', async () => {
    const insecure = (backend: string): Key => {
      const key = parseKey(`${backend}-s3--900150983cd24fb0d6963f7d28e17f72`);
      if (key === undefined) throw new Error('no key');
      return key;
    };
    configure('node3', 'annex.securehashesonly', 'true');
    await vi.waitFor(async () => {
      const { content, key } = newContent();
      await put(demo, 'node3', key, content); // looks at the settings
      expect(await put(demo, 'node3', insecure('MD5'), Buffer.from('abc'))).toMatchObject({
        stored: false,
      });
    }, 10_000);
    expect(await put(demo, 'node3', insecure('WORM'), Buffer.from('abc'))).toMatchObject({
      stored: false,
    });
    expect(demo.warnings.join('\n')).toMatch(/annex\.securehashesonly is set in node3/);
    const { content, key } = newContent();
    expect(await put(demo, 'node3', key, content)).toMatchObject({ stored: true });
    unset('node3', 'annex.securehashesonly');
  });
});

it('what nodes are set to is told at the start, before they are used', async () => {
  const directory = await newDemo();
  git(repositoryOf(directory, 'node1'), 'config', 'annex.trashbin', 'trash');
  const demo = await serveDemo(directory);
  try {
    await vi.waitFor(async () => {
      expect(await problems(demo)).toEqual([expect.stringMatching(/^node1: annex\.trashbin/)]);
    }, 10_000);
  } finally {
    await demo.close();
  }
});
