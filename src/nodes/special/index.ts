/** Special remotes as nodes: where and how git-annex keeps contents on them (spec/special-remotes.md). */
export { exportObjectPath, exportTemporaryPath, isExportPath } from './export/export-paths.ts';
export {
  blobKey,
  type ExportPlaces,
  type ExportDeposit,
  type ExportStore,
} from './export/export-store.ts';
export { programLogsOn } from './external/program-logs.ts';
export { PassingSpace } from './files/passing-space.ts';
export { chunkLogOn } from './node/chunk-log.ts';
export { exportStoreOf, type SpecialNode } from './node/special-node.ts';
export { openSpecial } from './open-special.ts';
export { Approvals, type WrittenLines } from './settings/approvals.ts';
export { specialTypeOf } from './settings/kinds.ts';
export {
  findSpecial,
  webUuid,
  type SpecialFound,
  type SpecialSettings,
} from './settings/special-settings.ts';
