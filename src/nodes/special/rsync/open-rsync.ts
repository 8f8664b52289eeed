import type { System } from '../../../repository/index.ts';
import { hasUndecodableBytes } from '../../../units/index.ts';
import type { Cipher } from '../cipher/cipher.ts';
import { PassingFiles } from '../files/passing-files.ts';
import type { PassingSpace } from '../files/passing-space.ts';
import type { RemoteSettings } from '../settings/kinds.ts';
import type { SpecialSettings } from '../settings/special-settings.ts';
import { readRsyncPlace } from './rsync-place.ts';
import type { FetchParts } from './fetched-stream.ts';
import { RsyncExport } from './rsync-export.ts';
import { RsyncStore } from './rsync-store.ts';
import { Rsync } from './rsync.ts';

/** What opening an rsync remote needs of a gateway. */
export interface RsyncOptions {
  /** The gateway's git config. */
  readonly config: RemoteSettings;
  /** What a relative path starts from. */
  readonly directory: string;
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly system: System;
  /** Where contents pass through files. */
  readonly passing: PassingSpace;
}

/**
 * Opens a `type=rsync` remote.
 *
 * @throws Error when its settings, or the rsync of this machine, cannot be used.
 */
export async function openRsync(
  settings: SpecialSettings,
  options: RsyncOptions,
  cipher: Cipher | undefined,
): Promise<RsyncStore> {
  const parts = await openParts(settings, options);
  return new RsyncStore({ ...parts, isSealed: cipher !== undefined });
}

/**
 * Opens a `type=rsync` remote that trees are exported to.
 *
 * @throws Error when its settings, or the rsync of this machine, cannot be used.
 */
export async function openRsyncExport(
  settings: SpecialSettings,
  options: RsyncOptions,
): Promise<RsyncExport> {
  return new RsyncExport(await openParts(settings, options));
}

async function openParts(
  { remote, uuid, values }: SpecialSettings,
  { config, directory, annexDirectory, system, passing }: RsyncOptions,
): Promise<FetchParts> {
  const read = readRsyncPlace(remote, config, { values, directory });
  if (read.kind === 'problem') throw new Error(`it ${read.why}`);
  if ([annexDirectory, read.place.url].some((path) => hasUndecodableBytes(path))) {
    throw new Error('rsync is given no path that is not UTF-8');
  }
  const { clock } = system;
  return {
    rsync: await Rsync.open({ place: read.place, clock }),
    files: new PassingFiles('rsync', uuid, passing),
    clock,
  };
}
