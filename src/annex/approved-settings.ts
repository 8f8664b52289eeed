import { openFlags, ownDisk, parseRemoteLines } from '../repository/index.ts';
import { decodeText, isErrorCode, type Uuid } from '../units/index.ts';

/**
 * The settings of special remotes that an administrator has approved for a repository, as
 * `annex/verified-remote.log` has them (spec/special-remotes.md section 9.1): lines of remote.log without UUID and
 * stamp. Empty where nothing was approved, as in a repository that is no gateway.
 *
 * @throws the system's error when they are there and cannot be read.
 */
export async function readApprovedSettings(
  gitDirectory: string,
): Promise<ReadonlyMap<Uuid, string>> {
  try {
    const path = `${gitDirectory}/annex/verified-remote.log`;
    const file = await ownDisk.open(path, openFlags.O_RDONLY);
    try {
      const { size } = await file.status();
      return parseRemoteLines(decodeText(await file.readAll(Number(size))));
    } finally {
      await file.close();
    }
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return new Map();
    throw error;
  }
}
