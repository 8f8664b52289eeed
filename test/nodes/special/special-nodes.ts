import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { Cipher } from '../../../src/nodes/special/cipher/cipher.ts';
import { Gpg } from '../../../src/nodes/special/cipher/gpg.ts';
import { DirectoryStore } from '../../../src/nodes/special/directory/directory-store.ts';
import type { ChunkLog } from '../../../src/nodes/special/node/chunk-log.ts';
import { SealedPieces } from '../../../src/nodes/special/node/sealed-pieces.ts';
import { SpecialNode } from '../../../src/nodes/special/node/special-node.ts';
import type { PieceStore } from '../../../src/nodes/special/pieces/piece-store.ts';
import { hashDirectoryLower, keyFile, serializeKey, type Key } from '../../../src/key/index.ts';
import type { Deposit, ExportStore, StorageNode } from '../../../src/nodes/index.ts';
import type { Clock } from '../../../src/clock/index.ts';
import { collect } from '../../support/objects.ts';
import { thisMachine, type LoggedChunks } from '../../../src/repository/index.ts';
import { Turns } from '../../../src/waiting/index.ts';
import { imaginaryUuid } from '../../support/presence.ts';

/** Whether gpg is here; what needs it is skipped otherwise. */
export const hasGpg: boolean = spawnSync('gpg', ['--version']).status === 0;

/** A chunk log that is kept in memory. */
export class MemoryChunkLog implements ChunkLog {
  readonly chunks = new Map<string, LoggedChunks[]>();

  read(key: Key): Promise<readonly LoggedChunks[]> {
    return Promise.resolve(this.chunks.get(serializeKey(key)) ?? []);
  }

  async write(key: Key, chunks: readonly LoggedChunks[]): Promise<void> {
    const known = new Map((await this.read(key)).map((one) => [one.chunkBytes, one]));
    for (const { chunkBytes, count } of chunks) known.set(chunkBytes, { chunkBytes, count });
    this.chunks.set(
      serializeKey(key),
      [...known.values()].sort((a, b) => Number(a.chunkBytes - b.chunkBytes)),
    );
  }
}

/** What a special remote in a test is like; by default, contents are stored whole and as they are. */
export interface SpecialLike {
  readonly store: PieceStore;
  readonly chunkBytes?: bigint;
  readonly cipher?: Cipher;
  readonly chunkLog?: MemoryChunkLog;
  /** Keys that are recorded as equivalent to each key. */
  readonly equivalents?: readonly Key[];
  readonly readOnly?: string;
  readonly exported?: ExportStore;
  readonly clock?: Clock;
  /** Told of each content that is none. */
  readonly told?: (what: string) => void;
}

/** A special remote as a node. */
export function specialNode(like: SpecialLike): SpecialNode {
  const { store, chunkBytes, cipher, told = () => undefined } = like;
  return new SpecialNode({
    uuid: imaginaryUuid(1),
    name: 'special',
    cost: 100,
    store,
    pieces: new SealedPieces(store, cipher),
    chunkBytes,
    chunkLog: like.chunkLog ?? new MemoryChunkLog(),
    equivalents: () => Promise.resolve(like.equivalents ?? []),
    system: { ...thisMachine, clock: like.clock ?? thisMachine.clock },
    turns: new Turns(thisMachine.clock),
    readOnly: like.readOnly,
    exported: like.exported,
    tell: {
      otherSize: (key) => told(`${serializeKey(key)} has another size`),
      wrongContent: (key, how) => told(`${serializeKey(key)} ${how}`),
      settled: (key) => told(`${serializeKey(key)} is settled`),
      clockAhead: (seconds) => told(`its clock is ahead by ${seconds} s`),
    },
  });
}

/** A directory remote in a directory that is there. */
export function directoryStore(directory: string, reserveBytes = 0): DirectoryStore {
  const disk = thisMachine.disks.at(directory);
  return new DirectoryStore({ directory, disk, system: thisMachine, reserveBytes });
}

/** A secret of `encryption=shared`, and what is made of it. */
export function sharedCipher(): Cipher {
  const secret = `${randomBytes(512).toString('base64')}\n`;
  const mac = { name: 'HMACSHA1', digest: 'sha1' };
  const fast = ['--s2k-count', '1024'];
  return new Cipher(
    { secret, mac, recipients: undefined, options: fast, decryptOptions: [] },
    new Gpg(),
  );
}

/** Where a directory remote keeps a piece. */
export function placeIn(directory: string, piece: Key): string {
  return join(directory, hashDirectoryLower(piece), keyFile(piece), keyFile(piece));
}

const never = new AbortController().signal;

/** Begins to store what is not there yet. */
export async function begin(node: StorageNode, key: Key): Promise<Deposit> {
  const deposit = await node.put(key, { sizeBytes: 10, waitMs: 100, signal: never });
  if (deposit === 'present') throw new Error('the content is there already');
  return deposit;
}

/** Stores a content. */
export async function store(node: StorageNode, key: Key, content: Uint8Array): Promise<void> {
  const deposit = await begin(node, key);
  await deposit.start(0);
  await deposit.write(content);
  await deposit.commit();
}

/** All of a content, from a byte on. */
export async function read(node: StorageNode, key: Key, fromByte = 0): Promise<Buffer> {
  const got = await node.get(key, fromByte);
  if (got === undefined) throw new Error('absent');
  return await collect(got.stream);
}
