import { machineClock } from './clock/machine-clock.ts';
import { systemDisks } from './files/disks.ts';
import { RecordLocks } from './files/record-locks.ts';
import { machineProcesses } from './leftovers/processes.ts';
import type { System } from './system.ts';

/** The machine that this process runs on. */
export const thisMachine: System = {
  clock: machineClock,
  disks: systemDisks,
  locks: new RecordLocks(machineClock),
  processes: machineProcesses,
};
