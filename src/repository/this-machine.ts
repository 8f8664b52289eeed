import { machineClock } from './clock/machine-clock.ts';
import { openGitCommits } from './branch/git-commits.ts';
import { gitConfigurations } from './config/git-configurations.ts';
import { systemDisks } from './files/machine-disks.ts';
import { RecordLocks } from './files/record-locks.ts';
import { gitPlaces } from './git/git-places.ts';
import { machineProcesses } from './leftovers/processes.ts';
import type { System } from './system.ts';

/** The machine that this process runs on. */
export const thisMachine: System = {
  clock: machineClock,
  disks: systemDisks,
  locks: new RecordLocks(machineClock),
  commits: openGitCommits,
  configurations: gitConfigurations,
  places: gitPlaces,
  processes: machineProcesses,
};
