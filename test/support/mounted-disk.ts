import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own that can be made to hang; `undefined` where the machine has none. */
export function mountedDisk():
  | { readonly directory: string; readonly end: () => void }
  | undefined {
  const place = mkdtempSync(join(tmpdir(), 'ballast-disk-'));
  const image = join(place, 'image');
  const directory = join(place, 'mounted');
  mkdirSync(directory);
  const quietly = (command: string, ...words: string[]): boolean => {
    try {
      execFileSync(command, words, { stdio: 'ignore' });
      return true;
    } catch {
      return false;
    }
  };
  const isMounted =
    quietly('truncate', '-s', '512M', image) &&
    quietly('mkfs.ext4', '-q', image) &&
    quietly('mount', '-o', 'loop', image, directory);
  const end = (): void => {
    if (isMounted) {
      quietly('fsfreeze', '-u', directory);
      quietly('umount', '-l', directory);
    }
    quietly('rm', '-rf', image);
    if (readdirSync(directory).length === 0) rmdirSync(directory);
  };
  if (isMounted) return { directory, end };
  end();
  return undefined;
}
