import { serializeKey } from '../../key/index.ts';
import { knownSizeBytes, readKeyFacts, readLocations } from '../../annex/index.ts';
import { needsOf, wanted, type Configuration } from '../../placement/index.ts';
import type { AnnexBranch, FileOfTree, RepositorySizes } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';

/** By what is known which files a remote wants. */
export interface FilterParts {
  readonly branch: Pick<AnnexBranch, 'read' | 'attributeCopiesOf'>;
  readonly sizes: Pick<RepositorySizes, 'refresh' | 'sizeBytes'>;
  readonly configuration: () => Promise<Configuration>;
}

/**
 * The paths of a tree that a remote's preferred content leaves out of an export (spec/special-remotes.md section 8.2,
 * 5). It says nothing of files that are not annexed.
 */
export async function unwantedPaths(
  remote: Uuid,
  files: readonly FileOfTree[],
  { branch, sizes, configuration }: FilterParts,
): Promise<readonly string[]> {
  const current = await configuration();
  if (current.repositories.get(remote)?.wanted === undefined) return [];
  await sizes.refresh();
  const needs = needsOf([remote], current);
  const unwanted: string[] = [];
  for (const { key, path } of files) {
    if (key === undefined) continue;
    const item = { key, keyText: serializeKey(key), file: path };
    const facts = await readKeyFacts(item, needs, branch);
    const locations = await readLocations(key, branch);
    const world = {
      ...facts,
      configuration: current,
      locations: (): readonly Uuid[] => locations,
      sizeBytes: (repository: Uuid): bigint | undefined =>
        knownSizeBytes(repository, sizes, current),
    };
    if (!wanted(remote, item, world, true)) unwanted.push(path);
  }
  return unwanted;
}
