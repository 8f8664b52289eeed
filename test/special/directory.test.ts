/** Directory remotes behind a gateway, with real git-annex as the client and as the other user of the directory. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasGpg } from '../nodes/special/special-nodes.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { AnnexGateway } from './annex-gateway.ts';

const allKinds: readonly { readonly name: string; readonly settings: readonly string[] }[] = [
  { name: 'plain', settings: ['encryption=none'] },
  { name: 'chunked', settings: ['encryption=none', 'chunk=1kb'] },
  {
    name: 'sealed',
    settings: ['encryption=shared', 'chunk=400kb', 'mac=HMACSHA512'],
  },
];

/** All of them where there is time; what the layout of a plain one is, special-node.test.ts says. */
const kinds = allKinds
  .filter(({ name }) => isLong || name !== 'plain')
  .filter(({ name }) => hasGpg || name !== 'sealed');

/** Of these the whole test-suite of git-annex runs with each change. */
const tested = isLong ? kinds : kinds.filter(({ name }) => name === 'sealed');

const names = ['small', 'with blank & ü%:', 'empty'];
const contents = ['small'.padEnd(5000, 'xyz'), 'other'.padEnd(3000, '.'), ''];

describe.skipIf(!hasGitAnnex)('a directory remote behind a gateway', { timeout: 400_000 }, () => {
  let gateway: AnnexGateway;
  let server: ProgramServer;
  let client: AnnexClient;
  const directories = new Map<string, string>();

  beforeAll(async () => {
    gateway = await AnnexGateway.make();
    for (const { name, settings } of kinds) {
      directories.set(name, await gateway.initremote(name, 'type=directory', ...settings));
    }
    await gateway.proxy(...kinds.map(({ name }) => name));
    server = await gateway.serve();
    client = await AnnexClient.clone(server.url, 'client');
    for (const [at, name] of names.entries()) {
      writeFileSync(join(client.directory, name), contents[at] ?? '');
    }
    await client.annex('add', '.');
    await client.git('commit', '--quiet', '-m', 'files');
    await client.git('push', '--quiet', 'origin', 'main');
  }, 200_000);

  afterAll(async () => {
    await server.stop();
  });

  describe.each(kinds)('that is $name', ({ name }) => {
    it('is given contents that real git-annex takes for its own', async () => {
      await client.annex('copy', '--to', `origin-${name}`, ...names);
      await gateway.git('annex', 'sync', '--no-content', '--no-push', '--no-pull');
      // All of it is read, and judged, by the program that made the remote.
      await gateway.git('annex', 'fsck', '--from', name, '--quiet');
      await gateway.git('annex', 'get', '--from', name, '--quiet', ...names);
      for (const [at, file] of names.entries()) {
        expect(readFileSync(join(gateway.directory, file), 'utf8')).toBe(contents[at]);
      }
    });

    it('gives contents that real git-annex has stored there', async () => {
      await client.annex('drop', '--from', `origin-${name}`, '--force', ...names);
      expect(listing(directories.get(name))).toEqual([]);
      await gateway.git('annex', 'copy', '--to', name, '--quiet', ...names);
      await client.annex('drop', '--force', ...names);
      await client.git('annex', 'sync', '--no-content');
      await client.annex('get', '--from', `origin-${name}`, ...names);
      for (const [at, file] of names.entries()) {
        expect(readFileSync(join(client.directory, file), 'utf8')).toBe(contents[at]);
      }
    });
  });

  it.each(kinds.filter(({ settings }) => settings.includes('encryption=none')))(
    'that is $name has files like those of real git-annex, byte for byte',
    async ({ name, settings }) => {
      await client.annex('copy', '--to', `origin-${name}`, ...names);
      const twin = await gateway.initremote(`${name}-twin`, 'type=directory', ...settings);
      await gateway.git('annex', 'copy', '--to', `${name}-twin`, '--quiet', ...names);
      expect(listing(directories.get(name))).toEqual(listing(twin));
      expect(listing(twin).length).toBeGreaterThanOrEqual(names.length);
    },
  );

  it.each(tested)("that is $name passes git-annex's own test-suite", async ({ name }) => {
    expect(await client.annex('testremote', '--fast', `origin-${name}`)).toContain('ok');
  });
});

/** Files with their modes and what is in them. */
function listing(directory = '/nowhere'): readonly string[] {
  const script = 'find . -path ./tmp -prune -o -type f -printf "%m %p " -exec md5sum {} \\;';
  const out = execFileSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  return out.split('\n').filter(Boolean).sort();
}
