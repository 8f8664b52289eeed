import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import {
  DirectoryRepositories,
  Gateway,
  JointRepositories,
  LockAllowance,
  SingleRepository,
  type GatewayOptions,
  type NotePush,
  type ServedRepositories,
  type Warn,
} from '../../gateway/index.ts';
import { UserError } from '../errors.ts';
import type { ServeVerbOptions } from './serve-combinations.ts';
import { keeperSettings, type RepairOptions } from './repair-options.ts';
import type { LimitOptions } from './limit-options.ts';
import { scrubSettings, type ScrubOptions } from './scrub-options.ts';
import { isErrorCode } from '../../units/index.ts';

/** What is to be served. */
export interface ToBeServed {
  readonly open: (warn: Warn, notePush: NotePush) => Promise<ServedRepositories>;
  /** Says what is served, once it is open, at a URL without a path. */
  readonly describe: (url: string) => string;
}

/** @throws UserError when one of the directories is none. */
export async function refuseNoDirectories(directories: readonly string[]): Promise<void> {
  for (const directory of directories) {
    const status = await stat(directory).catch(() => undefined);
    if (status?.isDirectory() === true) continue;
    throw new UserError(`${directory} is no directory; name one with --directory DIR.`);
  }
}

/**
 * The repository that is named, and those below the directories. As with git-annex, the one around
 * the working directory is served when no directory is given.
 */
export function toBeServed(
  repository: string | undefined,
  options: ServeVerbOptions & LimitOptions & Partial<RepairOptions> & ScrubOptions,
): ToBeServed {
  const directories = (options.directory ?? []).map((directory) => resolve(directory));
  const { gateway: limits = {}, peer = {} } = options.limit ?? {};
  const scrub = scrubSettings(options);
  const lockAllowance = new LockAllowance(options.lockedfiles ?? limits.locksMax);
  const idleConnectionsMax = options.proxyconnections;
  const peerLimits =
    idleConnectionsMax === undefined
      ? peer
      : { ...peer, idleConnectionsMax: Math.max(0, idleConnectionsMax) };
  const single = directories.length === 0 ? (repository ?? '.') : repository;
  const directory = single === undefined ? undefined : resolve(single);
  const name = directory === undefined ? '' : nameOf(directory);
  let count = 0;
  return {
    open: async (warn, notePush) => {
      const repair = keeperSettings(options);
      const how = { warn, notePush, lockAllowance, limits, peerLimits, repair, scrub };
      const gateway =
        directory === undefined
          ? undefined
          : await openSingle(directory, how, repository !== undefined);
      const alone = gateway && new SingleRepository(gateway, name);
      if (directories.length === 0 && alone !== undefined) return alone;
      try {
        const found = await DirectoryRepositories.open(directories, { ...how, apart: gateway });
        count = found.count;
        return alone === undefined ? found : new JointRepositories(alone, found);
      } catch (error) {
        await alone?.close();
        throw error;
      }
    },
    describe: (url) => {
      const parts = directory === undefined ? [] : [`${directory} at ${url}/${name}`];
      if (directories.length > 0) {
        parts.push(`${directories.join(', ')} (${count} repositories now) at ${url}/`);
      }
      return parts.join(' and ');
    },
  };
}

/** @param isNamed whether somebody named it, or it is where the program was started. */
async function openSingle(
  directory: string,
  options: GatewayOptions,
  isNamed: boolean,
): Promise<Gateway> {
  try {
    return await Gateway.open(directory, options);
  } catch (error) {
    if (isNamed || !isErrorCode(error, 'REPOSITORY_UNUSABLE')) throw error;
    const { message } = error;
    throw new UserError(`${message} Or serve all below a directory with --directory DIR.`, {
      cause: error,
    });
  }
}

function nameOf(directory: string): string {
  return basename(directory).replace(/\.git$/, '') || 'annex';
}
