import type { Hasher, MakeHasher } from './hasher.ts';
import { serializeKey, type Key } from './key.ts';
import { BallastError, isErrorCode } from '../units/index.ts';

/** Judges, piece by piece, whether bytes are the content of a key. */
export interface Verifier {
  update(piece: Uint8Array): void;
  /** Whether all the bytes seen are the content. The first call ends the verifier. */
  matches(): boolean;
}

/** A key whose backend hashes its contents with a hash that is not available here. */
export class UnverifiableKeyError extends BallastError {
  override readonly data: { readonly key: Key };

  constructor(key: Key) {
    super(
      'UNVERIFIABLE_KEY',
      `${serializeKey(key)}: contents of the ${key.backend} backend cannot be verified here; ` +
        'nothing unverified is stored. Use another backend, such as SHA256E.',
    );
    this.data = { key };
  }
}

/**
 * Names of backends that hash, in the first group without the `E` that keeps a file's extension. A
 * name of these families that git-annex has not yet is taken for a hash too, and so not trusted.
 */
const hashBackend = /^((?:MD|SHA|SKEIN|BLAKE)\d\w*?)E?$/;

/** Whether a key has the hash of its content, so that no two contents can have it. */
export function namesItsContent(key: Key): boolean {
  return key.chunkSizeBytes === undefined && hashBackend.test(key.backend);
}

/**
 * A verifier for what is recorded as equivalent to a key (VURL, spec/git-annex-branch.md section
 * 3.1): any of them that the bytes match is right, as git-annex judges. With none, the key alone
 * judges. Equivalents that cannot be verified here match nothing; only the last few that are
 * recorded are tried.
 *
 * @throws UnverifiableKeyError when neither the key nor any of its equivalents can be verified.
 */
export function makeEquivalentVerifier(
  key: Key,
  equivalents: readonly Key[],
  makeHasher: MakeHasher,
): Verifier {
  const own = makeVerifier(key, makeHasher);
  if (equivalents.length === 0) return own;
  const known = equivalents.filter(namesItsContent).slice(-equivalentsMax);
  const others = known.flatMap((equivalent) => {
    try {
      return [makeVerifier(equivalent, makeHasher)];
    } catch (error) {
      if (isErrorCode(error, 'UNVERIFIABLE_KEY')) return [];
      throw error;
    }
  });
  if (others.length === 0) throw new UnverifiableKeyError(equivalents[0] ?? key);
  let verdict: boolean | undefined;
  return {
    update: (piece) => {
      for (const one of [own, ...others]) one.update(piece);
    },
    matches: () => (verdict ??= own.matches() && others.some((one) => one.matches())),
  };
}

/** A url's content changes now and then; each hash costs time at every byte of an upload. */
const equivalentsMax = 16;

/**
 * A verifier for a key's content: its size when the key has one, and for backends that hash, the
 * hash in its name. Others (WORM, URL, XXH3, external ones) are judged by size alone, as git-annex
 * does (spec/p2p-http.md section 5, "put").
 *
 * @throws UnverifiableKeyError when the key names a hash that `makeHasher` cannot take.
 */
export function makeVerifier(key: Key, makeHasher: MakeHasher): Verifier {
  const hash = hashBackend.exec(key.backend)?.[1];
  const hasher = hash === undefined ? undefined : makeHasher(hash);
  if (hash !== undefined && hasher === undefined) throw new UnverifiableKeyError(key);
  return new KeyVerifier(key, hasher);
}

class KeyVerifier implements Verifier {
  private readonly key: Key;
  private readonly hasher: Hasher | undefined;
  private sizeBytes = 0n;
  private verdict: boolean | undefined;

  constructor(key: Key, hasher: Hasher | undefined) {
    this.key = key;
    this.hasher = hasher;
  }

  update(piece: Uint8Array): void {
    this.sizeBytes += BigInt(piece.length);
    this.hasher?.update(piece);
  }

  matches(): boolean {
    this.verdict ??= this.judge();
    return this.verdict;
  }

  private judge(): boolean {
    if (this.key.sizeBytes !== undefined && this.key.sizeBytes !== this.sizeBytes) return false;
    return this.hasher === undefined || this.hasher.digestHex() === this.hashInName();
  }

  /** An `E` backend's name goes on with the extension of the file, from its first dot. */
  private hashInName(): string {
    const { backend, name } = this.key;
    return backend.endsWith('E') ? name.replace(/\..*$/s, '') : name;
  }
}
