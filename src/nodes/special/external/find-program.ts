import type { System } from '../../../repository/index.ts';
import type { RemoteSettings } from '../settings/kinds.ts';

/** Names of programs; a path would lead past the directories that hold them. */
const typeShape = /^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/;

/**
 * The name of the program of a `type=external` remote (spec/special-remotes.md section 7). The gateway's git config
 * says which it is: nobody who pushes to the branch can have another one run.
 *
 * @throws Error when git config names none that can be run here.
 */
export function programOf(
  remote: string,
  config: RemoteSettings,
  values: ReadonlyMap<string, string>,
): string {
  const type = config.get(`remote.${remote}.annex-externaltype`) ?? '';
  if (values.get('readonly') === 'true' || type === 'readonly') {
    throw new Error('it has readonly=true: git-annex reads it by urls, which ballast does not');
  }
  if (!typeShape.test(type)) {
    throw new Error(`it has annex-externaltype=${type.slice(0, 80)}, which names no program`);
  }
  const logged = values.get('externaltype');
  if (logged !== type) {
    throw new Error(`it has externaltype=${type} here and ${logged ?? 'none'} in remote.log`);
  }
  return `git-annex-remote-${type}`;
}

/** The path of a program, in the first directory of the PATH that has it; `undefined` when none has. */
export async function findProgram(
  name: string,
  searched: string,
  disks: Pick<System['disks'], 'apart'>,
): Promise<string | undefined> {
  const disk = disks.apart('the search for a program');
  for (const directory of searched.split(':')) {
    // What stands for the current directory is no place for programs of a server.
    if (!directory.startsWith('/')) continue;
    const path = `${directory}/${name}`;
    try {
      const status = await disk.status(path);
      if (status?.isFile() === true && (status.mode & 0o111n) !== 0n) return path;
    } catch {
      // As a shell does, whatever cannot be looked at is passed over.
    }
  }
  return undefined;
}
