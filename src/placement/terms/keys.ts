/** The terms about the key alone (spec/expressions.md sections 6.7 and 6.10). */
import { dialects, isAtLeast } from '../../expression/index.ts';
import { parseKey } from '../../key/index.ts';
import type { Annex } from '../world/annex.ts';
import type { Operand } from '../world/question.ts';

/** `smallerthan=`: "a key without a size field: true". */
export function compileSmallerThan(bytes: bigint): Operand {
  return ({ item: { key } }) => key.sizeBytes === undefined || key.sizeBytes < bytes;
}

/** `largerthan=`: false without a size field. */
export function compileLargerThan(bytes: bigint): Operand {
  return ({ item: { key } }) => key.sizeBytes !== undefined && key.sizeBytes > bytes;
}

/** `inbackend=`: exactly that name. */
export function compileInBackend(name: string): Operand {
  return ({ item: { key } }) => key.backend === name;
}

const secureHashes = [
  ...[224, 256, 384, 512].flatMap((bits) => [`SHA${bits}`, `SHA3_${bits}`]),
  ...[256, 512].map((bits) => `SKEIN${bits}`),
  'BLAKE2BP512',
  ...[160, 224, 256, 384, 512].map((bits) => `BLAKE2B${bits}`),
  ...[160, 224, 256].map((bits) => `BLAKE2S${bits}`),
  ...[224, 256].map((bits) => `BLAKE2SP${bits}`),
];

const secureBackends: ReadonlySet<string> = new Set([
  ...secureHashes,
  ...secureHashes.map((name) => `${name}E`),
  'GITBUNDLE',
]);

/** "An engine should count BLAKE3_256[E] as secure" (spec/newest.md section 2.6). */
const newestSecureBackends: ReadonlySet<string> = new Set([
  ...secureBackends,
  'BLAKE3_256',
  'BLAKE3_256E',
]);

/**
 * `securehash`: by backend; a VURL key when every equivalent key recorded for it, other VURL ones
 * left out, is secure itself.
 */
export function compileSecureHash({ dialect }: Annex): Operand {
  const secure = isAtLeast(dialect, dialects.newest) ? newestSecureBackends : secureBackends;
  const isSecureEquivalent = (keyText: string): boolean => {
    const backend = parseKey(keyText)?.backend ?? '';
    return backend === 'VURL' || secure.has(backend);
  };
  return ({ item, world }) => {
    const { backend } = item.key;
    if (backend !== 'VURL') return secure.has(backend);
    return (world.equivalentKeys?.(item) ?? []).every(isSecureEquivalent);
  };
}
