/**
 * The directories of some paths that none of other paths is below, innermost first: what is in them of trees is
 * gone with those paths.
 */
export function emptiedDirectories(
  gone: readonly string[],
  kept: Iterable<string>,
): readonly string[] {
  const used = new Set<string>();
  for (const path of kept) for (const above of directoriesOf(path)) used.add(above);
  const emptied = new Set(gone.flatMap(directoriesOf).filter((above) => !used.has(above)));
  return [...emptied].sort((one, other) => other.length - one.length);
}

function directoriesOf(path: string): readonly string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, at) => names.slice(0, at + 1).join('/'));
}
