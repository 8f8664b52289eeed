import { blake2b } from './blake2-compression.ts';
import { makeTreeHashers } from './blake2-tree.ts';
import type { Hasher } from '../hasher.ts';

/** A hasher for BLAKE2bp: four leaves of BLAKE2b. */
export const makeBlake2bp: (digestBytes: number) => Hasher = makeTreeHashers({
  blake2: blake2b,
  leafCount: 4,
  depthAt: 16,
});
