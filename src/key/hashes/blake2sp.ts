import { blake2s } from './blake2-compression.ts';
import { makeTreeHashers } from './blake2-tree.ts';
import type { Hasher } from '../hasher.ts';

/** A hasher for BLAKE2sp: eight leaves of BLAKE2s. */
export const makeBlake2sp: (digestBytes: number) => Hasher = makeTreeHashers({
  blake2: blake2s,
  leafCount: 8,
  depthAt: 14,
});
