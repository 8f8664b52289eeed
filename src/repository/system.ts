import type { Clock } from '../clock/index.ts';
import type { OpenCommits } from './branch/commits.ts';
import type { Configurations } from './config/configurations.ts';
import type { Disks } from './files/disk.ts';
import type { Locks } from './files/locks.ts';
import type { GitPlaces } from './git/places.ts';
import type { Processes } from './leftovers/processes.ts';

/**
 * All that a gateway has to do with the machine it runs on. Whoever opens one hands it over, and what
 * it is made of takes those of these that it needs: with others in their place, the same gateway runs
 * in an imagined machine. No part of it is found by any other way (scripts/seams.js).
 */
export interface System {
  readonly clock: Clock;
  readonly disks: Disks;
  readonly locks: Locks;
  readonly commits: OpenCommits;
  readonly configurations: Configurations;
  readonly places: GitPlaces;
  readonly processes: Processes;
}
