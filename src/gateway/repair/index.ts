/** Copies that are made and dropped so that clusters keep what their expressions say. */
export { Repair, type RepairParts, type RepairWalk } from './repair.ts';
export { RepairReport, type Tally } from './repair-report.ts';
