/** What a server tells of troubles that it serves through. */
export { branchNotices } from './branch-notices.ts';
export { clearPushes, tellOfPushes } from './clear-pushes.ts';
export { placementNotice } from './placement-notice.ts';
export { sumUp } from './summing-up.ts';
export { takeUp } from './take-up.ts';
