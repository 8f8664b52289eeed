import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync, type Dirent } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { journalPath } from '../../../src/repository/index.ts';
import { isErrorCode } from '../../../src/units/index.ts';
import { git } from '../../support/git-annex.ts';
import { directoryOf, nodeNames, type Demo } from './demo.ts';

/** A content on a disk. */
interface ObjectOnDisk {
  readonly key: string;
  readonly path: string;
}

/** The contents that are in a repository, by its git directory; while others work on it, too. */
function objectsOf(repository: string): ObjectOnDisk[] {
  return filesBelow(join(repository, 'annex', 'objects')).filter(
    ({ key, path }) => basename(dirname(path)) === key,
  );
}

/** A directory that goes while it is looked for has nothing in it. */
function filesBelow(directory: string): ObjectOnDisk[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(directory, { withFileTypes: true });
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return filesBelow(path);
    return entry.isFile() ? [{ key: entry.name, path }] : [];
  });
}

/** Keys whose content a repository has on its disk, with the bytes of each. */
export function keysOnDisk(repository: string): Map<string, number> {
  return new Map(objectsOf(repository).map(({ key, path }) => [key, sizeOf(path)]));
}

/** Keys of a repository whose content has another SHA-256 than the key names. */
export function wrongContents(repository: string): string[] {
  return objectsOf(repository)
    .filter(({ key, path }) => !hashIs(key, readFileSync(path)))
    .map(({ key }) => key);
}

function hashIs(key: string, content: Buffer): boolean {
  return key.includes(`--${createHash('sha256').update(content).digest('hex')}`);
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

/** Who has which key by a repository's location logs, `KEY UUID` each, the journal's included. */
function loggedCopies(repository: string): Set<string> {
  const copies = new Set<string>();
  for (const [path, text] of locationLogs(repository)) {
    const newest = new Map<string, { readonly stamp: number; readonly isPresent: boolean }>();
    for (const line of text.split('\n')) {
      const [stamp, status, uuid = ''] = line.split(' ');
      const at = Number.parseFloat(stamp ?? '');
      if (uuid === '' || at < (newest.get(uuid)?.stamp ?? 0)) continue;
      newest.set(uuid, { stamp: at, isPresent: status === '1' });
    }
    const key = basename(path, '.log');
    for (const [uuid, { isPresent }] of newest) if (isPresent) copies.add(`${key} ${uuid}`);
  }
  return copies;
}

/** The location logs of keys, by their paths, as the next commit will have them. */
function locationLogs(repository: string): Map<string, string> {
  const logs = new Map(committedLogs(repository));
  for (const name of journalled(repository)) {
    const path = journalPath(name);
    if (!isLocationLog(path)) continue;
    logs.set(path, readFileSync(join(repository, 'annex', 'journal', name), 'latin1'));
  }
  return logs;
}

/** Names in a journal, which waits for its commit where a lock of git has been left in the way. */
function journalled(repository: string): string[] {
  try {
    return readdirSync(join(repository, 'annex', 'journal'));
  } catch (error) {
    if (isErrorCode(error, 'ENOENT')) return [];
    throw error;
  }
}

function committedLogs(repository: string): [path: string, text: string][] {
  const listed = git(repository, 'ls-tree', '-r', 'git-annex').split('\n');
  const found = listed.flatMap((line) => {
    const [, id = '', path = ''] = /^\d+ blob (\S+)\t(.*)$/.exec(line) ?? [];
    return isLocationLog(path) ? [{ id, path }] : [];
  });
  const texts = execFileSync('git', ['-C', repository, 'cat-file', '--batch'], {
    input: found.map(({ id }) => `${id}\n`).join(''),
    maxBuffer: 256 * 1024 * 1024,
  });
  let at = 0;
  return found.map(({ path }) => {
    const end = texts.indexOf('\n', at);
    const bytes = Number(texts.toString('latin1', at, end).split(' ')[2]);
    at = end + 1 + bytes + 1;
    return [path, texts.toString('latin1', end + 1, end + 1 + bytes)];
  });
}

function isLocationLog(path: string): boolean {
  return /^[0-9a-f]{3}\/[0-9a-f]{3}\/[^/]+\.log$/.test(path);
}

/** A repository behind a gateway. */
export interface NodePlace {
  readonly name: string;
  readonly uuid: string;
  /** Its git directory. */
  readonly directory: string;
}

/** Where the nodes of a demo disagree with its gateway, or with themselves. */
export function disagreements(demo: Demo): string[] {
  const places = nodeNames.map((name) => {
    return { name, uuid: demo.nodes[name], directory: directoryOf(demo, name) };
  });
  return disagreementsOf(demo.gateway, places);
}

/**
 * Whether each node's disk, its own log and the gateway's log say the same of every key, while nobody
 * writes there.
 *
 * @param gatewayDirectory the gateway's git directory.
 * @returns where they do not.
 */
export function disagreementsOf(gatewayDirectory: string, nodes: readonly NodePlace[]): string[] {
  const gateway = loggedCopies(gatewayDirectory);
  return nodes.flatMap(({ name, uuid, directory }) => {
    const disk = keysOnDisk(directory);
    const own = loggedCopies(directory);
    const known = [...gateway, ...own].filter((copy) => copy.endsWith(` ${uuid}`));
    const keys = new Set([...disk.keys(), ...known.map((copy) => copy.split(' ')[0] ?? '')]);
    return [...keys].flatMap((key) => {
      const says = [disk.has(key), own.has(`${key} ${uuid}`), gateway.has(`${key} ${uuid}`)];
      if (new Set(says).size === 1) return [];
      return [`${name} ${key}: disk ${says[0]}, own log ${says[1]}, gateway's log ${says[2]}`];
    });
  });
}
