/** Files that are added (spec/sim.md section 4.2). */
import { printSize } from '../language/print-size.ts';
import { diskFull, unknownRepository, type Trouble } from '../acts/troubles.ts';
import type { SimulationState } from './state.ts';

/** "Key generated first (uses the seed even without repositories), then for each repository." */
export function addOne(
  file: string,
  sizeBytes: bigint,
  repositories: readonly string[],
  state: SimulationState,
): Trouble | undefined {
  const { contents, randomness } = state;
  const seed = randomness.mark();
  randomness.skipBlob();
  if (repositories.length === 0) return undefined;
  const key = contents.makeKey(sizeBytes, seed);
  for (const name of repositories) {
    const trouble = addTo(name, file, key, state);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

/**
 * Gives a file a key, and a repository the content.
 * @param name of the repository, or of a cluster node.
 * @returns what is wrong, when nobody has that name or the disk is too full.
 */
export function addTo(
  name: string,
  file: string,
  key: number,
  state: SimulationState,
): Trouble | undefined {
  const { contents, network, runner, disks } = state;
  const repository = network.find(name);
  if (repository === undefined) return unknownRepository(name, network);
  const isNew = !state.views.holds(repository, repository, key);
  if (isNew && !disks.hasRoom(repository, contents.bytes(key))) {
    return diskFull(name, printSize(disks.freeBytes(repository) ?? 0n));
  }
  contents.setFile(file, key);
  runner.setVia(name, repository, repository, key, true);
  if (!state.oddities.remoteviews) tellOfSpecialRemote(name, repository, key, state);
  return undefined;
}

/** A special remote passes nothing on: who added a content to it has told those who have it as a remote. */
function tellOfSpecialRemote(
  name: string,
  remote: number,
  key: number,
  { network, runner }: SimulationState,
): void {
  if (!network.repository(remote).isSpecialRemote) return;
  for (const knowing of network.knowingOf(name)) runner.setVia(name, knowing, remote, key, true);
}
