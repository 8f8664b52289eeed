import { unknownRepository } from '../../acts/troubles.ts';
import { done, troubled, type Performed, type Play } from '../../play/play.ts';
import type { RepositoryChange } from '../../world/network.ts';

/** Changes settings of a repository, which must be known. */
export function configure(name: string, { network }: Play, change: RepositoryChange): Performed {
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  network.configure(repository, change);
  return done;
}
