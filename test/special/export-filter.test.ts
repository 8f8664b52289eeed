/** Which files preferred content leaves out of an exported tree, with real git-annex as the judge. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AnnexClient } from '../support/annex-client.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { AnnexGateway } from './annex-gateway.ts';

const settings = ['type=directory', 'encryption=none', 'exporttree=yes', 'annexobjects=yes'];

const expressions = [
  'include=docs/* or largerthan=1kb',
  'exclude=*.mp3',
  'include=*.txt and exclude=docs/*',
  'include=*/*',
  'largerthan=1kb',
  'smallerthan=1kb',
  'largerthan=1kb and not include=music/*',
  'not (include=docs/* or include=music/*)',
  'metadata=tag=keep',
  'copies=2',
  'inbackend=MD5E',
  'present',
  'anything',
  'nothing',
  'standard',
  '',
];

const files: Readonly<Record<string, string>> = {
  'a.txt': 'small',
  'large.txt': 'x'.repeat(5000),
  'docs/one.txt': 'one',
  'docs/deep/two.txt': 'y'.repeat(3000),
  'music/song.mp3': 'z'.repeat(4000),
  'music/short.mp3': 'tune',
  'ü %.txt': 'name',
};

describe.skipIf(!hasGitAnnex || !isLong)(
  'preferred content of a remote',
  { timeout: 400_000 },
  () => {
    let gateway: AnnexGateway;
    let server: ProgramServer;
    let client: AnnexClient;
    let ours: string;
    let twin: string;
    let pushes = 0;

    beforeAll(async () => {
      gateway = await AnnexGateway.make();
      ours = await gateway.initremote('tree', ...settings);
      twin = await gateway.initremote('twin', ...settings);
      await gateway.git('config', 'remote.tree.annex-tracking-branch', 'main');
      await gateway.proxy('tree');
      rmSync(join(gateway.directory, '.git/hooks/post-receive'), { force: true });
      server = await gateway.serve();
      client = await AnnexClient.clone(server.url, 'client');
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(join(client.directory, path, '..'), { recursive: true });
        writeFileSync(join(client.directory, path), text);
      }
      await client.annex('add', '.');
      await client.annex('add', '--backend=MD5E', 'music');
      writeFileSync(join(client.directory, 'plain.mp3'), 'in git');
      await client.git('-c', 'annex.largefiles=nothing', 'add', 'plain.mp3');
      await client.git('commit', '--quiet', '-m', 'files');
      await client.annex('metadata', '--quiet', '--tag', 'keep', 'a.txt', 'music/song.mp3');
      await client.annex('copy', '--quiet', '--to', 'origin', '.');
      await client.annex('sync', '--quiet', '--no-content', 'origin');
    }, 200_000);

    afterAll(async () => {
      await server.stop();
    });

    it.each(expressions)(
      '%j leaves the same files out of an export as in git-annex',
      async (wanted) => {
        for (const remote of ['tree', 'twin']) await gateway.git('annex', 'wanted', remote, wanted);
        pushes += 1;
        writeFileSync(join(client.directory, 'plain.mp3'), `in git ${pushes}`);
        await client.git('-c', 'annex.largefiles=nothing', 'add', 'plain.mp3');
        await client.git('commit', '--quiet', '-m', wanted || 'all');

        const said = await client.gitSaid('push', 'origin', 'main');

        await gateway.git('annex', 'export', 'main', '--to', 'twin').catch(() => undefined);
        expect(said).toContain('export to tree');
        expect(exported(ours)).toEqual(exported(twin));
        expect(exported(ours)).toContain('./plain.mp3');
      },
    );
  },
);

/** The files of the tree, without what is kept beside it. */
function exported(directory: string): readonly string[] {
  const words = ['.', '-path', './.git', '-prune', '-o', '-type', 'f', '-print'];
  const out = execFileSync('find', words, { cwd: directory, encoding: 'utf8' });
  return out.split('\n').filter(Boolean).sort();
}
