/** The terms about the key alone (spec/expressions.md sections 6.7 and 6.10). */
import { parseKey } from '../key/index.ts';
import type { Operand } from './question.ts';

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

/**
 * `securehash`: by backend; a VURL key when every equivalent key recorded for it, other VURL ones
 * left out, is secure itself.
 */
export const hasSecureHash: Operand = ({ item, world }) => {
  const { backend } = item.key;
  if (backend !== 'VURL') return secureBackends.has(backend);
  return (world.equivalentKeys?.(item) ?? []).every(isSecureEquivalent);
};

function isSecureEquivalent(keyText: string): boolean {
  const backend = parseKey(keyText)?.backend ?? '';
  return backend === 'VURL' || secureBackends.has(backend);
}
