/** Rsync remotes behind a gateway, with real git-annex as the client and as the other user of the remote. */
import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasRsync, RsyncDaemon } from '../nodes/special/rsync-remotes.ts';
import { hasGpg } from '../nodes/special/special-nodes.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { AnnexGateway } from './annex-gateway.ts';

interface Kind {
  readonly name: string;
  readonly settings: readonly string[];
  /** By a daemon, and else by a path. */
  readonly isDaemon: boolean;
}

const allKinds: readonly Kind[] = [
  { name: 'plain', settings: ['encryption=none'], isDaemon: false },
  { name: 'chunked', settings: ['encryption=none', 'chunk=2kb'], isDaemon: true },
  { name: 'sealed', settings: ['encryption=shared', 'chunk=400kb'], isDaemon: false },
];

const kinds = allKinds.filter(({ name }) => hasGpg || name !== 'sealed');

const names = ['small', 'with blank & ü%:', 'empty'];
const contents = ['small'.padEnd(5000, 'xyz'), 'other'.padEnd(3000, '.'), ''];

// Of each act a program is started or two, which takes a while.
describe.skipIf(!hasGitAnnex || !hasRsync || !isLong)(
  'an rsync remote behind a gateway',
  { timeout: 400_000 },
  () => {
    let daemon: RsyncDaemon;
    let gateway: AnnexGateway;
    let server: ProgramServer;
    let client: AnnexClient;

    beforeAll(async () => {
      daemon = await RsyncDaemon.start();
      gateway = await AnnexGateway.make();
      for (const kind of kinds) await initremote(kind, kind.name);
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
      await daemon.stop();
    });

    async function initremote({ settings, isDaemon }: Kind, name: string): Promise<void> {
      mkdirSync(directoryOf(name));
      const url = isDaemon ? daemon.url(`open/${name}`) : directoryOf(name);
      await gateway.initremote(name, 'type=rsync', `rsyncurl=${url}`, ...settings);
    }

    function directoryOf(name: string): string {
      return join(daemon.directory, name);
    }

    describe.each(kinds)('that is $name', (kind) => {
      const { name } = kind;

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

      it.skipIf(name === 'sealed')('has files like those of real git-annex', async () => {
        await initremote(kind, `${name}-twin`);
        await gateway.git('annex', 'copy', '--to', `${name}-twin`, '--quiet', ...names);
        expect(listing(directoryOf(name))).toEqual(listing(directoryOf(`${name}-twin`)));
        expect(listing(directoryOf(name)).length).toBeGreaterThanOrEqual(names.length);
      });

      it('gives contents that real git-annex has stored there', async () => {
        await client.annex('drop', '--from', `origin-${name}`, '--force', ...names);
        expect(listing(directoryOf(name))).toEqual([]);
        await gateway.git('annex', 'copy', '--to', name, '--quiet', ...names);
        await client.annex('drop', '--force', ...names);
        await client.git('annex', 'sync', '--no-content');
        await client.annex('get', '--from', `origin-${name}`, ...names);
        for (const [at, file] of names.entries()) {
          expect(readFileSync(join(client.directory, file), 'utf8')).toBe(contents[at]);
        }
      });

      // Contents of a megabyte in chunks of 2 kB are many thousand programs.
      it.skipIf(name === 'chunked')("passes git-annex's own test-suite", async () => {
        expect(await client.annex('testremote', '--fast', `origin-${name}`)).toContain('ok');
      });
    });
  },
);

/** Files and directories with their modes, and what is in files. */
function listing(directory: string): readonly string[] {
  const files = 'find . -mindepth 1 -type f -printf "%m %p " -exec md5sum {} \\;';
  const script = `${files}; find . -mindepth 1 -type d -printf "%m %p\\n"`;
  const out = execFileSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  return out.split('\n').filter(Boolean).sort();
}
