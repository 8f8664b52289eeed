/** The terms about the backend of the key (spec/expressions.md section 6.10). */
import { dialects, isAtLeast } from '../../expression/index.ts';
import { parseKey } from '../../key/index.ts';
import type { Lints } from '../family/lint.ts';
import type { ReasonFrom, Reasons } from '../family/reason.ts';
import type { Meanings } from '../family/setting.ts';
import type { Annex } from '../world/annex.ts';
import type { Operand } from '../world/question.ts';

type Names = 'inbackend' | 'securehash';

/** What the terms mean: `inbackend=` exactly that name. */
export const compile: Meanings<Names> = {
  inbackend:
    (name) =>
    ({ item: { key } }) =>
      key.backend === name,
  securehash: (_, { annex }) => compileSecureHash(annex),
};

/** Why the terms have their values. */
export const because: Reasons<Names> = {
  inbackend: (_, from) => backendWords(from),
  securehash: (_, from) => backendWords(from),
};

/** What is odd about the terms. */
export const lint: Lints<Names> = { inbackend: {}, securehash: {} };

function backendWords({ question: { item } }: ReasonFrom): string {
  return `the backend is ${item.key.backend}`;
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
 * By backend; a VURL key is secure when every equivalent key recorded for it, other VURL ones left
 * out, is secure itself.
 */
function compileSecureHash({ dialect }: Annex): Operand {
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
