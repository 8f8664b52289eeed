import { unknownRepository } from '../../acts/troubles.ts';
import { done, troubled, type Performed, type Play } from '../../play/play.ts';
import type { Repository } from '../../world/network.ts';

/** Changes a setting of a repository, which must be known. */
export function configure(
  name: string,
  { network }: Play,
  change: (repository: Repository) => void,
): Performed {
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  change(network.repository(repository));
  network.changed();
  return done;
}
