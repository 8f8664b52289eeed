import { chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** The ways in which a content on a disk is no more what it was. */
export const rots = ['bit', 'truncated', 'emptied', 'swapped', 'removed'] as const;

export type Rot = (typeof rots)[number];

/** Has the file of a content rot, its modes as they were. */
export function rot(path: string, how: Rot, other: Buffer = Buffer.from('another content')): void {
  const content = readFileSync(path);
  chmodSync(dirname(path), 0o755);
  if (how === 'removed') {
    rmSync(path);
    return;
  }
  chmodSync(path, 0o644);
  writeFileSync(path, rotten(content, how, other));
  chmodSync(path, 0o444);
  chmodSync(dirname(path), 0o555);
}

function rotten(content: Buffer, how: Exclude<Rot, 'removed'>, other: Buffer): Buffer {
  switch (how) {
    case 'bit': {
      const flipped = Buffer.from(content);
      const at = Math.floor(flipped.length / 2);
      flipped[at] = (flipped[at] ?? 0) ^ 1;
      return flipped;
    }
    case 'truncated':
      return content.subarray(0, Math.floor(content.length / 2));
    case 'emptied':
      return Buffer.alloc(0);
    case 'swapped':
      return other;
  }
}
