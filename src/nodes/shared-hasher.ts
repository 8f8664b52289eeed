import type { IHasher } from 'hash-wasm';
import type { Hasher } from '../key/index.ts';

/**
 * The hashers of hash-wasm for what OpenSSL lacks: ten times faster and more than what runs
 * anywhere. Made of one instance for each hash, however many contents come in at once: an
 * instance can only be made asynchronously, and its memory takes gigabytes of addresses.
 */
export async function loadSharedHashers(): Promise<ReadonlyMap<string, () => Hasher>> {
  const { createBLAKE2b, createBLAKE2s, createBLAKE3 } = await import('hash-wasm');
  const instances: readonly (readonly [string, Promise<IHasher>])[] = [
    ['BLAKE2B160', createBLAKE2b(160)],
    ['BLAKE2B224', createBLAKE2b(224)],
    ['BLAKE2B256', createBLAKE2b(256)],
    ['BLAKE2B384', createBLAKE2b(384)],
    ['BLAKE2S160', createBLAKE2s(160)],
    ['BLAKE2S224', createBLAKE2s(224)],
    ['BLAKE3_256', createBLAKE3(256)],
  ];
  return new Map(
    await Promise.all(
      instances.map(async ([hash, instance]) => [hash, shared(await instance)] as const),
    ),
  );
}

/** Makes hashers that take turns at an instance: who comes to it puts the other's state away. */
function shared(instance: IHasher): () => Hasher {
  const initialState = instance.init().save();
  let running: Turn | undefined;

  /** A hasher's state while it is not the running one. */
  interface Turn {
    state: Uint8Array;
  }
  const take = (turn: Turn): void => {
    if (running === turn) return;
    if (running !== undefined) running.state = instance.save();
    instance.load(turn.state);
    running = turn;
  };
  return () => {
    const turn: Turn = { state: initialState };
    return {
      update: (piece) => {
        take(turn);
        instance.update(piece);
      },
      digestHex: () => {
        take(turn);
        running = undefined;
        return instance.digest('hex');
      },
    };
  };
}
