import { parseKey, type Key } from '../key/index.ts';
import type { Need } from '../expression/index.ts';
import type { Item, World } from '../placement/index.ts';
import {
  equivalentKeysLogPath,
  metadataLogPath,
  parseEquivalentKeysLog,
  parseMetadataLog,
  parseUrlLog,
  urlLogPath,
  type AnnexBranch,
} from '../repository/index.ts';

/** The keys that the git-annex branch records as equivalent to a VURL key; of another key none. */
export async function readEquivalents(key: Key, branch: AnnexBranch): Promise<readonly Key[]> {
  if (key.backend !== 'VURL') return [];
  const log = (await branch.read(equivalentKeysLogPath(key))) ?? '';
  return parseEquivalentKeysLog(log).flatMap((text) => parseKey(text) ?? []);
}

/** What is recorded of a key and its file besides locations, read and ready to be asked. */
export type KeyFacts = Pick<
  World,
  'metadata' | 'urls' | 'attributeNumcopies' | 'attributeMincopies' | 'equivalentKeys'
>;

/**
 * The facts of a key that are needed, from the git-annex branch with its journal and from .gitattributes.
 * Where nothing needs them nothing is read.
 */
export async function readKeyFacts(
  item: Item,
  needs: ReadonlySet<Need>,
  branch: Pick<AnnexBranch, 'read' | 'attributeCopiesOf'>,
): Promise<KeyFacts> {
  const { key, file } = item;
  const read = async <T>(
    isNeeded: boolean,
    path: string,
    parse: (text: string) => T,
  ): Promise<T | undefined> => (isNeeded ? parse((await branch.read(path)) ?? '') : undefined);
  const [metadata, urls, equivalent, copies] = await Promise.all([
    read(needs.has('metadata'), metadataLogPath(key), parseMetadataLog),
    read(needs.has('urls'), urlLogPath(key), parseUrlLog),
    read(
      needs.has('equivalentKeys') && key.backend === 'VURL',
      equivalentKeysLogPath(key),
      parseEquivalentKeysLog,
    ),
    needs.has('attributes') && file !== undefined ? branch.attributeCopiesOf(file) : undefined,
  ]);
  return {
    metadata: () => metadata ?? new Map<string, readonly string[]>(),
    urls: () => urls ?? [],
    equivalentKeys: () => equivalent ?? [],
    attributeNumcopies: () => copies?.numcopies,
    attributeMincopies: () => copies?.mincopies,
  };
}
