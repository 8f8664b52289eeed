import { chmodSync, mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseExportLog } from '../../src/repository/index.ts';
import { parseUuid } from '../../src/units/index.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { program } from '../cli/stdio/ssh.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { AnnexGateway } from './annex-gateway.ts';

/** The files of a remote, each with what is in it. */
export type Listing = () => Promise<readonly string[]> | readonly string[];

/** A kind of remote that trees are exported to. */
export interface ExportKind {
  readonly name: string;
  /** What commands in the gateway, and the server, have in their environment. */
  readonly environment?: () => NodeJS.ProcessEnv;
  /** The name of a directory that real git-annex can move files out of. */
  readonly directory: string;
  /**
   * Whether real git-annex keeps below `.git/annex/objects` there what leaves the tree. Default: yes. Where it can give
   * no file another name, it deletes that, and nothing but the trees is compared.
   */
  readonly isKept?: boolean;
  /** Makes such a remote, with annexobjects=yes. */
  readonly make: (gateway: AnnexGateway, remote: string) => Promise<Listing>;
}

/** A tree exported behind a gateway, with real git-annex as the client, as the other exporter and as the judge. */
export function describeExports(kind: ExportKind): void {
  const { name, environment, directory, isKept = true, make } = kind;
  describe.skipIf(!hasGitAnnex)(`a branch that ${name} tracks`, { timeout: 400_000 }, () => {
    let gateway: AnnexGateway;
    let server: ProgramServer;
    let client: AnnexClient;
    let ours: Listing;
    let twin: Listing;
    const oursInTree = async (): Promise<readonly string[]> => compared(await ours());
    const twinInTree = async (): Promise<readonly string[]> => compared(await twin());
    const compared = (lines: readonly string[]): readonly string[] =>
      isKept ? lines : lines.filter((line) => !line.includes('./.git/annex/objects/'));
    const write = (path: string, text: string): void =>
      writeFileSync(join(client.directory, path), text);
    const keyOf = async (path: string): Promise<string> =>
      (await client.git('annex', 'lookupkey', path)).trim();

    /** Pushes, and has real git-annex export the same tree of the same contents to a twin. */
    const push = async (message: string): Promise<string> => {
      await client.git('add', '.');
      await client.git('commit', '--quiet', '-m', message);
      const said = await client.gitSaid('push', 'origin', 'main');
      await exportTwin();
      return said;
    };
    const exportTwin = async (): Promise<void> => {
      await gateway.git('annex', 'export', 'main', '--to', 'twin').catch(() => undefined);
    };

    beforeAll(async () => {
      gateway = await AnnexGateway.make(environment?.());
      ours = await make(gateway, 'tree');
      twin = await make(gateway, 'twin');
      await gateway.git('config', 'remote.tree.annex-tracking-branch', 'main');
      await gateway.proxy('tree');
      // Where git-annex has put this hook, the real program would export before ours does.
      rmSync(join(gateway.directory, '.git/hooks/post-receive'), { force: true });
      server = await gateway.serve();
      client = await AnnexClient.clone(server.url, 'client');
    }, 200_000);

    afterAll(async () => {
      await server.stop();
    });

    it('is exported by a push, with what is there, and told of what is not', async () => {
      write('a', 'one');
      write('same', 'one');
      mkdirSync(join(client.directory, `sub/${directory}`), { recursive: true });
      write(`sub/${directory}/c`, 'two');
      write('missing', 'three');
      write('missing too', 'three');
      write('later', 'five');
      write('alone', 'six');
      await client.annex('add', '.');
      write('plain', 'git');
      write('x.sh', '#!/bin/sh\n');
      chmodSync(join(client.directory, 'x.sh'), 0o755);
      await client.git('-c', 'annex.largefiles=nothing', 'add', 'plain', 'x.sh');
      symlinkSync('plain', join(client.directory, 'link'));
      await client.annex('copy', '--to', 'origin', 'a', 'sub');

      const said = await push('first');

      expect(said).toContain('export to tree: 5 stored, 4 not available');
      expect(said).toContain('missing (not available');
      expect(await oursInTree()).toEqual(await twinInTree());
      expect(await ours()).toHaveLength(5);
      await expectOneTree();
    });

    it('gets what arrives at the remote or at the gateway later at its places', async () => {
      await client.annex('copy', '--to', 'origin-tree', 'missing', 'alone');
      await client.annex('copy', '--to', 'origin', 'later');
      for (const path of ['missing', 'alone']) {
        // Where what was exported is, the real program does not read while somebody exports.
        const copy = ['annex', 'copy', '--from', 'tree', await keyOption(path)];
        const isCopied = (): Promise<boolean> =>
          gateway.git(...copy).then(
            () => true,
            () => false,
          );
        await expect.poll(isCopied, { timeout: 20_000 }).toBe(true);
      }
      await exportTwin();
      const places = await twinInTree();
      await expect.poll(async () => await oursInTree(), { timeout: 20_000 }).toEqual(places);
    });

    it('is exported anew with files that moved, changed and went', async () => {
      const at = (path: string): string => join(client.directory, path);
      renameSync(at('a'), at('swap'));
      renameSync(at('missing'), at('a'));
      renameSync(at('swap'), at('missing'));
      rmSync(at(`sub/${directory}/c`));
      write('plain', 'git again');
      write('new', 'four');
      await client.annex('add', 'new');
      await client.git('-c', 'annex.largefiles=nothing', 'add', 'plain');
      await client.annex('copy', '--to', 'origin', 'new');

      await push('second');

      expect(await oursInTree()).toEqual(await twinInTree());
      await expectOneTree();
      expect((await ours()).some((line) => line.includes('.git/annex/objects'))).toBe(true);
    });

    it('leaves nothing to do for real git-annex, which reads all of it', async () => {
      await gateway.git('annex', 'sync', '--no-content', '--no-push', '--no-pull');
      const said = await gateway.git('annex', 'export', 'main', '--to', 'tree');
      // It looks at what it has not exported itself, and transfers nothing.
      expect(said).not.toMatch(/%|^unexport|^rename|failed/m);
      expect(await gateway.git('annex', 'export', 'main', '--to', 'tree')).not.toContain('export');
      await gateway.git('annex', 'fsck', '--from', 'tree', '--quiet');
      await gateway.git('annex', 'drop', '--force', '--quiet', 'a');
      await gateway.git('annex', 'get', '--from', 'tree', '--quiet', 'a');
      expect(await gateway.git('fsck', '--connectivity-only')).not.toContain('missing');
    });

    it('does not let go of what is in the tree, and says why', async () => {
      await expect(client.annex('drop', '--from', 'origin-tree', '--force', 'a')).rejects.toThrow(
        /drop/,
      );
      expect(await oursInTree()).toEqual(await twinInTree());
    });

    it.skipIf(!isLong)(
      'goes on after an export by real git-annex, and the other way round',
      async () => {
        const at = (path: string): string => join(client.directory, path);
        renameSync(at('new'), at('newer'));
        await client.git('add', '--all');
        await client.git('commit', '--quiet', '-m', 'third');
        await gateway.git('config', '--unset', 'remote.tree.annex-tracking-branch');
        await client.git('push', '--quiet', 'origin', 'main');
        await gateway.git('annex', 'export', 'main', '--to', 'tree');
        await gateway.git('config', 'remote.tree.annex-tracking-branch', 'main');
        expect((await ours()).some((line) => line.includes('./newer '))).toBe(true);
        write('plain', 'and again');
        await client.git('-c', 'annex.largefiles=nothing', 'add', 'plain');
        renameSync(at('newer'), at('newest'));
        await push('fourth');
        expect(await oursInTree()).toEqual(await twinInTree());
      },
    );

    it.skipIf(!isLong)("passes git-annex's own test-suite", async () => {
      expect(await client.annex('testremote', '--fast', 'origin-tree')).toContain('ok');
    });

    it.skipIf(!isLong)(
      'is exported by a push over ssh, and by a server when it starts',
      async () => {
        const quoted = (text: string): string => `'${text.replaceAll("'", `'"'"'`)}'`;
        const shell = `${quoted(process.execPath)} ${quoted(program)} shell git-receive-pack`;
        write('plain', 'by ssh');
        await client.git('-c', 'annex.largefiles=nothing', 'add', 'plain');
        await client.git('commit', '--quiet', '-m', 'fifth');
        const said = await client.gitSaid(
          'push',
          `--receive-pack=${shell}`,
          gateway.directory,
          'main',
        );
        expect(said).toContain('export to tree: 1 stored, 0 not available');
        await exportTwin();
        expect(await oursInTree()).toEqual(await twinInTree());

        await server.stop();
        write('plain', 'while nobody serves');
        await client.git('-c', 'annex.largefiles=nothing', 'add', 'plain');
        await client.git('commit', '--quiet', '-m', 'sixth');
        await client.git('push', '--quiet', gateway.directory, 'main');
        await exportTwin();
        const places = await twinInTree();
        expect(await oursInTree()).not.toEqual(places);
        server = await gateway.serve();
        await expect.poll(async () => await oursInTree(), { timeout: 20_000 }).toEqual(places);
      },
    );

    /** Of the same branch, both have exported the same tree, which is not that of the branch: it has a link. */
    async function expectOneTree(): Promise<void> {
      const log = await gateway.git('show', 'git-annex:export.log');
      const trees = new Set<string>();
      for (const remote of ['tree', 'twin']) {
        const uuid = parseUuid((await gateway.git('config', `remote.${remote}.annex-uuid`)).trim());
        const logged = uuid === undefined ? [] : parseExportLog(log, uuid);
        expect(logged).toHaveLength(1);
        for (const name of logged.flatMap((line) => line.trees)) trees.add(name);
      }
      const [tree, ...others] = trees;
      expect(others).toEqual([]);
      expect(await gateway.git('rev-parse', 'main^{tree}')).not.toBe(`${tree}\n`);
    }

    async function keyOption(path: string): Promise<string> {
      return `--key=${await keyOf(path)}`;
    }
  });
}
