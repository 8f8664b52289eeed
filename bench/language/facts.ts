/** The files that are asked about, and where they are: by number, the same in every run. */
import { createHash } from 'node:crypto';
import type { Uuid } from '../../src/units/index.ts';
import { archives, holders, members } from './questions.ts';

/** What is true of one file. */
export interface Facts {
  /** SHA-256 of its content. */
  readonly digest: Buffer;
  readonly sizeBytes: number;
  /** Which of the holders have it, a bit each. */
  readonly mask: number;
  readonly isMusic: boolean;
}

export function factsOf(number: number): Facts {
  const digest = createHash('sha256').update(`file ${number}`).digest();
  return {
    digest,
    sizeBytes: digest.readUInt32LE(0) % 1_000_000,
    mask: maskOf(digest),
    isMusic: digest.readUInt8(4) >= 20,
  };
}

/** One in four is in an archive. Few are on members already, or no pick would have to be made. */
function maskOf(digest: Buffer): number {
  const all = (1 << members.length) - 1;
  const chance = digest.readUInt8(5);
  const onMembers = chance < 8 ? all : chance < 32 ? digest.readUInt16LE(6) & all : 0;
  const inArchives = digest.readUInt8(8) & digest.readUInt8(9) & ((1 << archives.length) - 1);
  return onMembers | (inArchives << members.length);
}

export function keyTextOf({ digest, sizeBytes }: Pick<Facts, 'digest' | 'sizeBytes'>): string {
  return `SHA256E-s${sizeBytes}--${digest.toString('hex')}.flac`;
}

export function fileOf(number: number, { isMusic }: Pick<Facts, 'isMusic'>): string {
  return `${isMusic ? 'music' : 'notes'}/${number >> 8}/${number}.flac`;
}

/** The holders of a mask. */
export function holdersIn(mask: number): readonly Uuid[] {
  return holders.filter((_, place) => ((mask >> place) & 1) === 1);
}

/** What each holder has of the first files. */
export function heldBytesOf(files: number): ReadonlyMap<Uuid, bigint> {
  const held = new Map<Uuid, bigint>();
  for (let number = 0; number < files; number += 1) {
    const { sizeBytes, mask } = factsOf(number);
    for (const uuid of holdersIn(mask)) {
      held.set(uuid, (held.get(uuid) ?? 0n) + BigInt(sizeBytes));
    }
  }
  return held;
}
