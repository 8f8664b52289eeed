import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { journalName, locationLogPath } from '../../../src/repository/index.ts';
import { ask, get, newContent, put } from '../annex-requests.ts';
import { logged, newDemo, repositoryOf, serveDemo, type ServedDemo } from '../served-demo.ts';

const open: ServedDemo[] = [];
afterAll(async () => {
  for (const demo of open) await demo.close();
});

async function served(directory: string): Promise<ServedDemo> {
  const demo = await serveDemo(directory);
  open.push(demo);
  return demo;
}

async function problems(demo: ServedDemo): Promise<string> {
  return (await ask(demo, '/healthz')).body.toString();
}

describe('a server starts', () => {
  it('where git left locks in the gateway and in a node, tells it, and has them gone', async () => {
    const directory = await newDemo();
    const names = ['gateway', 'node1'] as const;
    for (const name of names) {
      writeFileSync(join(repositoryOf(directory, name), 'refs/heads/git-annex.lock'), '');
    }
    const demo = await served(directory);
    const { content, key } = newContent();
    expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
    const told = 'git has left refs/heads/git-annex.lock';
    await vi.waitFor(() => expect(demo.warnings.join('\n')).toContain(told), 20_000);
    for (const name of names) {
      const journal = join(repositoryOf(directory, name), 'annex/journal');
      await vi.waitFor(() => expect(readdirSync(journal)).toEqual([]), 90_000);
    }
    await vi.waitFor(async () => expect(await problems(demo)).not.toContain('git-annex.lock'), {
      timeout: 20_000,
    });
    expect(logged(demo, key)).toEqual(['node1']);
    expect(logged(demo, key, 'node1')).toEqual(['node1']);
  });

  it('where the branch is damaged, gives what needs no branch and says what is wrong', async () => {
    const directory = await newDemo();
    const first = await serveDemo(directory);
    const { content, key } = newContent();
    expect(await put(first, 'gateway', key, content)).toHaveProperty('stored', true);
    await first.close();
    const ref = join(repositoryOf(directory, 'gateway'), 'refs/heads/git-annex');
    const whole = readFileSync(ref, 'utf8');
    writeFileSync(ref, '');

    const demo = await served(directory);
    expect((await get(demo, 'gateway', key)).body.equals(content)).toBe(true);
    expect(await put(demo, 'cluster', key, content)).toBeGreaterThanOrEqual(500);
    expect((await ask(demo, '/healthz')).status).toBe(503);

    writeFileSync(ref, whole);
    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    expect((await ask(demo, '/healthz')).status).toBe(200);
  });

  it('where a file of the journal cannot be read, stores other keys, and tells of that file', async () => {
    const directory = await newDemo();
    const unread = newContent();
    const journal = join(repositoryOf(directory, 'gateway'), 'annex/journal');
    const file = join(journal, journalName(locationLogPath(unread.key)));
    await served(directory).then((demo) => put(demo, 'node1', unread.key, unread.content));
    await open.pop()?.close();
    symlinkSync(file, file);

    const demo = await served(directory);
    const { content, key } = newContent();
    expect(await put(demo, 'cluster', key, content)).toHaveProperty('stored', true);
    expect(await problems(demo)).toContain(
      'files in the journal of the gateway cannot be committed',
    );
  });

  it('where what pushes left cannot be cleared, stores and tells of it', async () => {
    const directory = await newDemo();
    mkdirSync(join(repositoryOf(directory, 'gateway'), 'annex/ballast-push.lck'));
    const demo = await served(directory);
    expect(await problems(demo)).toContain('what pushes that were killed have left');
    const { content, key } = newContent();
    expect(await put(demo, 'node1', key, content)).toHaveProperty('stored', true);
  });
});
