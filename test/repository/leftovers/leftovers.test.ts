import { existsSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { annexModes, ownDisk, thisMachine } from '../../../src/repository/index.ts';
import { Leftovers } from '../../../src/repository/leftovers/leftovers.ts';
import { git } from '../../support/git-annex.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const longAgoSeconds = Date.now() / 1000 - 100 * 24 * 3600;

function repository(): { directory: string; leftovers: Leftovers } {
  const directory = join(temporaryDirectory(), 'here.git');
  git('.', 'init', '-q', '--bare', directory);
  for (const name of ['annex/othertmp', 'annex/transfer/download/lck', 'objects/pack']) {
    mkdirSync(join(directory, name), { recursive: true });
  }
  return {
    directory,
    leftovers: new Leftovers({
      system: thisMachine,
      gitDirectory: directory,
      modes: annexModes(undefined, 0o022),
      disk: ownDisk,
    }),
  };
}

function left(path: string, seconds: number = longAgoSeconds): string {
  writeFileSync(path, 'left');
  utimesSync(path, seconds, seconds);
  return path;
}

it('what killed programs left goes: temporary files, locks of transfers, packs, reports', async () => {
  const { directory, leftovers } = repository();
  const files = [
    'annex/othertmp/ballast-x',
    'annex/transfer/download/lck/lck.KEY',
    'objects/pack/tmp_pack_abc',
    'fast_import_crash_1',
  ].map((name) => left(join(directory, name)));
  await leftovers.clear();
  await leftovers.clear(); // what git left is seen twice before it goes
  expect(files.filter((path) => existsSync(path))).toEqual([]);
});

it('what somebody works on stays: it is locked, young, or of another program', async () => {
  const { directory, leftovers } = repository();
  const transfer = left(join(directory, 'annex/transfer/download/lck/lck.KEY'));
  const temporary = left(join(directory, 'annex/othertmp/ballast-x'));
  const others = left(join(directory, 'annex/othertmp/of-git-annex'));
  const pack = left(join(directory, 'objects/pack/tmp_pack_abc'), Date.now() / 1000);
  const whole = left(join(directory, 'objects/pack/pack-abc.keep'));
  const locks = [
    await thisMachine.locks.lock(transfer, 'exclusive', { disk: ownDisk, timeoutMs: 0 }),
    await thisMachine.locks.lock(join(directory, 'annex/othertmp.lck'), 'shared', {
      disk: ownDisk,
      timeoutMs: 0,
      create: true,
    }),
  ];
  await leftovers.clear();
  await leftovers.clear();
  for (const path of [transfer, temporary, others, pack, whole])
    expect(existsSync(path)).toBe(true);
  for (const lock of locks) lock.release();
  await leftovers.clear();
  expect([transfer, temporary].filter((path) => existsSync(path))).toEqual([]);
  expect(existsSync(others)).toBe(true);
});
