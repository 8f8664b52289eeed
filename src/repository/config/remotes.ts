import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseUuid, type Uuid } from '../../units/index.ts';
import type { GitConfig } from './git-config.ts';

/** Names of the remotes that a git config has settings for. */
export function remoteNames(config: Pick<GitConfig, 'names'>): string[] {
  const names = [...config.names()].map((name) => /^remote\.(.+)\.[^.]+$/.exec(name)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))];
}

/**
 * The UUID that a git config has for a remote; `undefined` when it has none that reads as one.
 *
 * @param setting which one: of the repository, of the gateway that it is reached through, or of the one that
 * it is set up like. Default: the repository's own.
 */
export function remoteUuid(
  remote: string,
  config: Pick<GitConfig, 'get'>,
  setting: 'annex-uuid' | 'annex-proxied-by' | 'annex-config-uuid' = 'annex-uuid',
): Uuid | undefined {
  return parseUuid(config.get(`remote.${remote}.${setting}`) ?? '');
}

/**
 * The path of a remote's repository on this machine; `undefined` when its url leads elsewhere, or is none.
 *
 * @param directory what a relative path starts from.
 */
export function remotePath(
  remote: string,
  config: Pick<GitConfig, 'get'>,
  directory: string,
): string | undefined {
  const url = config.get(`remote.${remote}.url`) ?? '';
  if (url.startsWith('file://')) {
    try {
      return fileURLToPath(url);
    } catch {
      // It names another host, or no path that could be.
      return undefined;
    }
  }
  // As git has it, a colon before the first slash is the end of a host's name.
  return url === '' || /^[^/]*:/.test(url) ? undefined : resolve(directory, url);
}
