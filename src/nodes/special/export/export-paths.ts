import { hashDirectoryLower, keyFile, type Key, type Md5 } from '../../../key/index.ts';
import { encodeText } from '../../../units/index.ts';

/** Where contents are that are in no exported tree, as in a bare repository (spec/special-remotes.md section 2.1). */
export function exportObjectPath(key: Key, md5: Md5 | undefined): string {
  const name = keyFile(key);
  return `.git/annex/objects/${hashDirectoryLower(key, md5)}${name}/${name}`;
}

/** The name that a file which moves has on its way, at the top of the remote (spec/special-remotes.md section 8.2). */
export function exportTemporaryPath(key: Key): string {
  return `.git-annex-tmp-content-${keyFile(key)}`;
}

/** Most bytes of a name in a directory (NAME_MAX of Linux). */
const nameBytesMax = 255;

/** Most bytes of a path: PATH_MAX of Linux is 4096, and leaves this much beside the directory of a remote. */
const pathBytesMax = 3500;

/**
 * Whether a file of a tree can be exported under its path. Git keeps no such names as are refused here out of the
 * trees that are pushed to it: they would lead out of the remote, or into what git-annex keeps there itself. Nor
 * can one be that is longer than a file system has them.
 */
export function isExportPath(path: string): boolean {
  const names = path.split('/');
  return (
    names.every((name) => !/^(?:|\.|\.\.)$/.test(name) && !name.includes('\0')) &&
    names.every((name) => encodeText(name).length <= nameBytesMax) &&
    encodeText(path).length <= pathBytesMax &&
    names[0]?.toLowerCase() !== '.git' &&
    !path.startsWith('.git-annex-tmp-content-')
  );
}
