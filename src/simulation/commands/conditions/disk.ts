import { unknownRepository } from '../../acts/troubles.ts';
import { repository, size } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import { breakOffUnfitting } from '../../time/breaking.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `disk` say. */
export interface DiskSize {
  readonly repository: string;
  readonly sizeBytes: bigint;
}

/** `disk REPO SIZE`: what fits into a repository, whatever is wanted; without it a disk has no end. */
export const disk: CommandRow<DiskSize> = {
  isOwn: true,
  changes: 'repositories',
  fields: { repository, sizeBytes: size('SIZE', 'size of a disk') },
  does({ repository: name, sizeBytes }, state) {
    const repository = state.network.find(name);
    if (repository === undefined) return troubled(unknownRepository(name, state.network));
    state.disks.setSize(repository, sizeBytes);
    breakOffUnfitting(repository, state);
    return done;
  },
};
