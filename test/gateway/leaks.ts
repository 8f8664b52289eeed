import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { nodeNames, repositoryOf, type ServedDemo } from './served-demo.ts';

/** What the descriptors of a process lead to. */
export function descriptors(process: number | 'self' = 'self'): string[] {
  const directory = `/proc/${process}/fd`;
  return readdirSync(directory).flatMap((fd) => {
    try {
      return [readlinkSync(join(directory, fd))];
    } catch {
      return []; // it was that of the listing itself, or has just been closed
    }
  });
}

/** Open files of an annex, locks included, which nothing but work in progress needs. */
export function openFiles(process: number | 'self' = 'self'): string[] {
  return descriptors(process).filter((path) =>
    /annex\/(objects|tmp|transfer|othertmp|ballast\/left)\//.test(path),
  );
}

/** Open connections, listening sockets included. */
export function openSockets(process: number | 'self' = 'self'): number {
  return descriptors(process).filter((path) => path.startsWith('socket:')).length;
}

/**
 * Everything below the annex directories of the nodes that is neither object nor journal nor log.
 */
export function leftovers(demo: Pick<ServedDemo, 'directory'>): string[] {
  return nodeNames.flatMap((name) => leftIn(join(repositoryOf(demo.directory, name), 'annex')));
}

/**
 * Likewise below one annex directory: partial contents, lock and retention files, temporary files.
 */
function leftIn(annex: string): string[] {
  return readdirSync(annex, { recursive: true })
    .map(String)
    .filter((path) => /\.(lck|rtm|rtl)$|^(tmp|othertmp|transfer\/.*lck)\/./.test(path))
    .filter((path) => !/^[a-z]+\.lck$/.test(path));
}
