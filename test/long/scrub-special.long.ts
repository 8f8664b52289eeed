import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, it } from 'vitest';
import { rot, type Rot } from '../gateway/scrub/rotten.ts';
import { hasGpg } from '../nodes/special/special-nodes.ts';
import { AnnexGateway } from '../special/annex-gateway.ts';
import { hasGitAnnex } from '../support/git-annex.ts';
import { ballast } from '../support/program.ts';

const rots: readonly Rot[] = ['bit', 'truncated', 'emptied', 'swapped', 'removed'];

/** By name: the settings of a remote, and what is found there of contents that rotted in each way. */
const remotes: Readonly<
  Record<string, readonly [settings: readonly string[], found: readonly string[]]>
> = {
  plain: [['encryption=none'], ['damaged', 'damaged', 'damaged', 'damaged', 'gone']],
  chunked: [
    ['encryption=none', 'chunk=1kb'],
    ['damaged', 'damaged', 'damaged', 'damaged', 'gone'],
  ],
};

it.skipIf(!hasGitAnnex)(
  'finds and restores on special remotes what real git-annex then finds well',
  async () => {
    const gateway = await AnnexGateway.make();
    const places = new Map<string, string>();
    for (const [name, [settings]] of Object.entries(remotes)) {
      places.set(name, await gateway.initremote(name, 'type=directory', ...settings));
    }
    await gateway.proxy(...Object.keys(remotes));
    for (const how of rots) {
      writeFileSync(join(gateway.directory, how), `${how} `.repeat(800));
    }
    await gateway.git('annex', 'add', '.');
    await gateway.git('commit', '--quiet', '--message', 'files');
    for (const name of Object.keys(remotes)) await gateway.git('annex', 'copy', '--to', name, '.');
    const keys = new Map<Rot, string>();
    for (const how of rots) {
      keys.set(how, (await gateway.git('annex', 'lookupkey', how)).trim());
    }
    for (const place of places.values()) {
      for (const how of rots) {
        const hash = (keys.get(how) ?? '').replace(/^.*--/, '');
        const found = execFileSync('find', [place, '-type', 'f', '-name', `*${hash}*`]);
        const paths = found.toString().trim().split('\n').toSorted();
        rot(paths[0] ?? '', how);
      }
    }

    for (const [name, [, expected]] of Object.entries(remotes)) {
      const ended = await ballast(['fsck', '--json', '--node', name, gateway.directory]);
      const found = ended.stdout
        .split('\n')
        .filter((line) => line.includes('"found"'))
        .map((line): { key: string; found: string; restored?: { kind: string } } =>
          JSON.parse(line),
        );
      const byRot = rots.map((how) => found.find(({ key }) => key === keys.get(how)));
      expect([name, byRot.map((row) => row?.found)]).toEqual([name, expected]);
      expect(byRot.map((row) => row?.restored?.kind)).toEqual(rots.map(() => 'restored'));
      expect(ended.status).toBe(1);
      await gateway.git('annex', 'fsck', '--from', name);
    }
    const bad = readdirSync(join(gateway.directory, '.git/annex/bad'));
    expect(bad.length).toBe(8);
  },
);

it.skipIf(!hasGitAnnex || !hasGpg)(
  'leaves what cannot be decrypted, as git-annex does, and says that nothing is known of it',
  async () => {
    const gateway = await AnnexGateway.make();
    const place = await gateway.initremote('sealed', 'type=directory', 'encryption=shared');
    await gateway.proxy('sealed');
    writeFileSync(join(gateway.directory, 'file'), 'some content '.repeat(200));
    await gateway.git('annex', 'add', '.');
    await gateway.git('commit', '--quiet', '--message', 'file');
    await gateway.git('annex', 'copy', '--to', 'sealed', '.');
    const path = execFileSync('find', [place, '-type', 'f']).toString().trim();
    chmodSync(dirname(path), 0o755);
    chmodSync(path, 0o644);
    const bytes = readFileSync(path);
    bytes[bytes.length - 30] = (bytes[bytes.length - 30] ?? 0) ^ 1;
    writeFileSync(path, bytes);

    const ended = await ballast(['fsck', '--node', 'sealed', gateway.directory]);

    expect(ended.stdout).toContain('could not be judged');
    expect(ended.status).toBe(3);
    expect(existsSync(path)).toBe(true);
    expect(await gateway.git('annex', 'whereis', 'file')).toContain('sealed');
  },
);
