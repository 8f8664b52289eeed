/** `disk REPO SIZE`: what fits into a repository, whatever is wanted; without it a disk has no end. */
import { unknownRepository } from '../../acts/troubles.ts';
import { repository, size } from '../../language/fields.ts';
import { done, troubled } from '../../play/play.ts';
import { breakOffUnfitting } from '../../time/breaking.ts';
import type { Row } from '../row.ts';

export interface Disk {
  readonly repository: string;
  readonly sizeBytes: bigint;
}

export const disk: Row<Disk> = {
  isOwn: true,
  fields: { repository, sizeBytes: size('SIZE', 'size of a disk') },
  does({ repository: name, sizeBytes }, play) {
    const repository = play.network.find(name);
    if (repository === undefined) return troubled(unknownRepository(name, play.network));
    play.disks.setSize(repository, sizeBytes);
    breakOffUnfitting(repository, play);
    return done;
  },
};
