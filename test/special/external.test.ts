/** External remotes behind a gateway, with real git-annex as the client and as the other user of the program. */
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { programDirectory } from '../nodes/special/external-remotes.ts';
import { hasGpg } from '../nodes/special/special-nodes.ts';
import { AnnexClient } from '../support/annex-client.ts';
import { gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { isLong } from '../support/long.ts';
import type { ProgramServer } from '../support/program-server.ts';
import { AnnexGateway } from './annex-gateway.ts';

const allKinds: readonly { readonly name: string; readonly settings: readonly string[] }[] = [
  { name: 'plain', settings: ['encryption=none'] },
  { name: 'sealed', settings: ['encryption=shared', 'chunk=400kb'] },
];
const kinds = isLong
  ? allKinds.filter(({ name }) => hasGpg || name !== 'sealed')
  : allKinds.filter(({ name }) => name === 'plain');

/** Nodes of a cluster. */
const twins = ['one', 'other'];

const names = ['small', 'other', 'empty'];
const contents = ['small'.padEnd(5000, 'xyz'), 'other'.padEnd(3000, '.'), ''];

describe.skipIf(!hasGitAnnex)('an external remote behind a gateway', { timeout: 400_000 }, () => {
  let gateway: AnnexGateway;
  let server: ProgramServer;
  let client: AnnexClient;
  const directories = new Map<string, string>();
  const pathBefore = gitEnvironment['PATH'];

  beforeAll(async () => {
    gitEnvironment['PATH'] = `${programDirectory()}:${pathBefore ?? ''}`;
    gitEnvironment['EXTERNAL_MODES'] = 'async,ordered';
    gateway = await AnnexGateway.make();
    for (const { name, settings } of kinds) {
      const directory = join(gateway.root, name);
      const program = ['type=external', 'externaltype=standin', `directory=${directory}`];
      await gateway.initremote(name, ...program, ...settings);
      directories.set(name, directory);
    }
    for (const name of twins) {
      const directory = join(gateway.root, name);
      const program = ['type=external', 'externaltype=standin', `directory=${directory}`];
      await gateway.initremote(name, ...program, 'encryption=none');
      directories.set(name, directory);
    }
    await gateway.proxy(...kinds.map(({ name }) => name));
    await gateway.cluster('twins', ...twins);
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
    if (pathBefore !== undefined) gitEnvironment['PATH'] = pathBefore;
    delete gitEnvironment['EXTERNAL_MODES'];
  });

  describe.each(kinds)('that is $name', ({ name }) => {
    it('is given contents that real git-annex takes for its own', async () => {
      await client.annex('copy', '--to', `origin-${name}`, ...names);
      await gateway.git('annex', 'sync', '--no-content', '--no-push', '--no-pull');
      await gateway.git('annex', 'get', '--from', name, '--quiet', ...names);
      for (const [at, file] of names.entries()) {
        expect(readFileSync(join(gateway.directory, file), 'utf8')).toBe(contents[at]);
      }
    });

    it('gives contents that real git-annex has stored there', async () => {
      await client.annex('drop', '--from', `origin-${name}`, '--force', ...names);
      expect(readdirSync(directories.get(name) ?? '/nowhere')).toEqual([]);
      await gateway.git('annex', 'copy', '--to', name, '--quiet', ...names);
      await client.annex('drop', '--force', ...names);
      await client.git('annex', 'sync', '--no-content');
      await client.annex('get', '--from', `origin-${name}`, ...names);
      for (const [at, file] of names.entries()) {
        expect(readFileSync(join(client.directory, file), 'utf8')).toBe(contents[at]);
      }
    });

    it.skipIf(!isLong)("passes git-annex's own test-suite", async () => {
      expect(await client.annex('testremote', '--fast', `origin-${name}`)).toContain('ok');
    });
  });

  it.skipIf(!isLong)("that is plain passes all of git-annex's own test-suite", async () => {
    expect(await client.annex('testremote', 'origin-plain')).toContain('ok');
  });

  it('of several nodes of a cluster is given one file for all of them', async () => {
    const shared = join(gateway.directory, '.git', 'annex', 'ballast', 'shared', 'tmp');
    const waits = twins.map((name) => join(directories.get(name) ?? '', 'wait'));
    for (const wait of waits) writeFileSync(wait, '');
    const copied = client.annex('copy', '--to', 'origin-twins', 'small');
    const files = (): readonly string[] =>
      existsSync(shared)
        ? readdirSync(shared, { recursive: true, withFileTypes: true })
            .filter((one) => one.isFile() && !one.name.endsWith('.lck'))
            .map((one) => readFileSync(join(one.parentPath, one.name), 'utf8'))
        : [];
    await expect.poll(files, { timeout: 60_000 }).toEqual([contents[0]]);
    for (const name of twins) {
      const own = await gateway.git('config', `remote.${name}.annex-uuid`);
      expect(existsSync(passingDirectory(`external-${own.trim()}`))).toBe(false);
    }
    for (const wait of waits) rmSync(wait);
    await copied;

    expect(readdirSync(shared)).toEqual([]);
    for (const name of twins) {
      const directory = directories.get(name) ?? '';
      const kept = readdirSync(directory).map((one) => readFileSync(join(directory, one), 'utf8'));
      expect(kept).toEqual([contents[0]]);
    }
  });

  it('leaves no files that contents passed through', () => {
    const ballast = join(gateway.directory, '.git', 'annex', 'ballast');
    const passed = readdirSync(ballast).filter((one) => /^(?:external-|shared$)/.test(one));
    expect(passed.length).toBe(kinds.length + 1);
    for (const one of passed) {
      const tmp = passingDirectory(one);
      expect(existsSync(tmp) ? readdirSync(tmp) : []).toEqual([]);
    }
  });

  /** Where files are that contents pass through. */
  function passingDirectory(name: string): string {
    return join(gateway.directory, '.git', 'annex', 'ballast', name, 'tmp');
  }
});
