import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { exportObjectPath } from '../../../../src/nodes/special/export/export-paths.ts';
import { ExportedPieces } from '../../../../src/nodes/special/export/exported-pieces.ts';
import { blobKey } from '../../../../src/nodes/special/export/export-store.ts';
import { isLong } from '../../../support/long.ts';
import { sha256Key } from '../../../support/objects.ts';
import { temporaryDirectory } from '../../../support/temporary-directory.ts';
import { describeStorageNode } from '../../storage-node-suite.ts';
import { hasRsync, programOf, RsyncDaemon, rsyncExport, sshStandIn } from '../rsync-remotes.ts';
import { specialNode } from '../special-nodes.ts';
import { describeExportStore, putFile, readFile, type ExportPlace } from './export-store-suite.ts';
import { SaidPlaces } from './said-places.ts';
import { visibleFiles } from './visible-files.ts';

const content = Buffer.from('0123456789');
const key = sha256Key(content);
const object = exportObjectPath(key, undefined);

describe.skipIf(!hasRsync)('rsync remotes that trees are exported to', () => {
  let daemon: RsyncDaemon | undefined;
  let count = 0;

  afterAll(async () => daemon?.stop());

  const onPath = async (): Promise<ExportPlace> => {
    const directory = temporaryDirectory();
    const { store } = await rsyncExport(directory);
    return { store, files: () => visibleFiles(directory) };
  };

  const byDaemon = async (): Promise<ExportPlace> => {
    daemon ??= await RsyncDaemon.start();
    count += 1;
    const directory = join(daemon.directory, `${count}`);
    mkdirSync(directory);
    const { store } = await rsyncExport(daemon.url(`open/${count}`));
    return { store, files: () => visibleFiles(directory) };
  };

  const bySsh = async (): Promise<ExportPlace> => {
    const directory = join(temporaryDirectory(), 'a b');
    mkdirSync(directory);
    const settings = { 'rsync-transport': `ssh -F none` };
    const { store } = await rsyncExport(`localhost:${directory}`, { settings, program: byWay() });
    return { store, files: () => visibleFiles(directory) };
  };
  const byWay = (): string => programOf(`PATH='${sshStandIn()}':$PATH; exec rsync "$@"`);

  // Each act is a program or two.
  describe.skipIf(!isLong)('of all kinds', () => {
    describeExportStore('a path', { make: onPath });
    describeExportStore('a daemon', { make: byDaemon });
    describeExportStore('a host by ssh', { make: bySsh });
    describeStorageNode('an rsync remote that trees are exported to', {
      make: async () => {
        const { store } = await rsyncExport(temporaryDirectory());
        return specialNode({ store: new ExportedPieces(store, new SaidPlaces()) });
      },
      cannot: {
        lock: 'a special remote keeps no locks',
        resume: 'a file of a tree is sent whole',
        readRemoved: 'rsync may not have begun to read',
      },
    });
  });

  it('has files as git-annex has them, and leaves nothing behind', async () => {
    const directory = temporaryDirectory();
    const { store, scratch } = await rsyncExport(directory);
    const mode = (path: string): number => statSync(join(directory, path)).mode & 0o777;
    await putFile(store, 'd/a', { of: key, bytes: content });
    await putFile(store, 'plain', { of: blobKey('a'.repeat(40)), bytes: content });
    expect([mode('d/a'), mode('plain'), mode('d')]).toEqual([0o444, 0o600, 0o755]);
    await store.rename('d/a', object, key);
    expect(mode(object)).toBe(0o444);
    expect(readdirSync(directory).sort()).toEqual(['.git', 'plain']);
    await store.remove(object);
    expect(readdirSync(directory)).toEqual(['plain']);
    const odd = String.raw`s*a[r]?\ü/[*?]\#303`;
    mkdirSync(join(directory, 's*a[r]?'));
    await putFile(store, odd, { of: key, bytes: content });
    expect(await readFile(store, odd, { of: key, fromByte: 3 })).toBe('3456789');
    await store.rename(odd, '#n', key);
    expect(readdirSync(directory).sort()).toEqual(['#n', 'plain', 's*a[r]?']);
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('leaves links and directories where files should be alone', async () => {
    const directory = temporaryDirectory();
    const elsewhere = temporaryDirectory();
    writeFileSync(join(elsewhere, 'y'), 'secret');
    symlinkSync(elsewhere, join(directory, 'x'));
    symlinkSync(join(elsewhere, 'y'), join(directory, 'link'));
    mkdirSync(join(directory, 'empty'));
    writeFileSync(join(directory, 'file'), 'a file');
    const { store } = await rsyncExport(directory);
    const blocked = ['x/new', 'link', 'empty', 'file/far/below'];
    for (const path of blocked) {
      expect([path, await store.isBlocked(path)]).toEqual([path, true]);
      expect(await store.look(path)).toBeUndefined();
      expect(await store.get(path, key, 0)).toBeUndefined();
      await store.remove(path);
      const put = putFile(store, path, { of: key, bytes: content });
      await expect(put).rejects.toThrow(`in the way of ${path}`);
      await expect(store.rename('file', path, key)).rejects.toThrow('in the way of');
    }
    for (const path of ['file', 'empty/new', 'n'.repeat(256)]) {
      expect([path, await store.isBlocked(path)]).toEqual([path, false]);
    }
    expect(readlinkSync(join(directory, 'x'))).toBe(elsewhere);
    expect(readFileSync(join(directory, 'file'), 'utf8')).toBe('a file');
    expect(existsSync(join(directory, 'empty'))).toBe(true);
    expect(visibleFiles(elsewhere)).toEqual({ y: 'secret' });
  });

  it('that is gone is no empty one', async () => {
    const directory = temporaryDirectory();
    const { store } = await rsyncExport(directory);
    await putFile(store, 'a', { of: key, bytes: content });
    rmSync(directory, { recursive: true });
    await expect(store.look('a')).rejects.toThrow('there is no directory');
    await expect(store.isBlocked('a')).rejects.toThrow('there is no directory');
    await expect(store.remove('a')).rejects.toThrow('there is no directory');
    await expect(putFile(store, 'a', { of: key, bytes: content })).rejects.toThrow(
      'there is no directory',
    );
    expect(existsSync(directory)).toBe(false);
  });

  it('keeps a file where it was when it cannot be stored under its new name', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'a'), content);
    // Each store of what rsync is to send fails half way.
    const program = programOf('case "$*" in *--ignore-times*) exit 12;; esac; exec rsync "$@"');
    const { store, scratch } = await rsyncExport(directory, { program });
    await expect(store.rename('a', 'b/c', key)).rejects.toThrow('status 12');
    expect(visibleFiles(directory)).toEqual({ a: '0123456789' });
    expect(readdirSync(scratch)).toEqual([]);
  });

  it('does not remove what was changed while it got its new name', async () => {
    const directory = temporaryDirectory();
    const file = join(directory, 'a');
    writeFileSync(file, content);
    const program = programOf(
      `case "$*" in *--inplace*) printf longer-than-that >'${file}';; esac; exec rsync "$@"`,
    );
    const { store } = await rsyncExport(directory, { program });
    await expect(store.rename('a', 'b', key)).rejects.toThrow('a was changed while it was fetched');
    expect(visibleFiles(directory)).toEqual({ a: 'longer-than-that' });
  });

  it('is looked at again when something goes while it is', async () => {
    const directory = temporaryDirectory();
    writeFileSync(join(directory, 'a'), content);
    const mark = join(temporaryDirectory(), 'gone');
    const program = programOf(`[ -e '${mark}' ] || { touch '${mark}'; exit 24; }; exec rsync "$@"`);
    const { store } = await rsyncExport(directory, { program });
    expect(await store.look('a')).toEqual({ sizeBytes: 10 });
    const never = await rsyncExport(directory, { program: programOf('exit 24') });
    await expect(never.store.look('a')).rejects.toThrow('status 24');
  });

  it('reads what another program has put there', async () => {
    const directory = temporaryDirectory();
    const { store } = await rsyncExport(directory);
    mkdirSync(join(directory, '*'));
    writeFileSync(join(directory, '*/?'), 'by another');
    writeFileSync(join(directory, '*/x'), 'not this');
    expect(await readFile(store, '*/?', { of: key })).toBe('by another');
    expect(await readFile(store, '?/?', { of: key })).toBeUndefined();
  });
});
