/** Copies that are made and dropped so that clusters keep what their expressions say. */
export { Keeper, type KeeperSettings, type KeeperState, type RepairMode } from './keeper.ts';
export { Repair } from './repair.ts';
export { circleText, RepairReport } from './repair-report.ts';
