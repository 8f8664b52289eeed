import { loadNativeHasher } from '../../nodes/index.ts';
import { Repository, RepositorySizes } from '../../repository/index.ts';
import { isClusterUuid } from '../../units/index.ts';
import { tellWrongSizes } from '../notices/wrong-sizes.ts';
import { settleEveryMs } from '../intents/index.ts';
import { defaultLimits } from '../limits.ts';
import { Notices } from '../notices/notices.ts';
import { repositoryTroubles } from '../pushes/index.ts';
import { servedRemotes, type TopologySources } from '../topology/topology.ts';
import { branchNotices } from '../notices/branch-notices.ts';
import { clearPushes } from '../pushes/clear-pushes.ts';
import { placementNotice } from '../notices/placement-notice.ts';
import { sumUp } from '../notices/summing-up.ts';
import { takeUp } from '../notices/take-up.ts';
import { gatewayUnusable, type GatewayOptions } from './gateway-options.ts';
import { GatewayParts } from './gateway-parts.ts';

/**
 * Opens a repository to be served. What a server that was killed left is cleared, committed and
 * looked at. Trouble with its branch or its disk is told, and what does not need them is served.
 *
 * @throws GATEWAY_UNUSABLE when another ballast serves it; REPOSITORY_UNUSABLE; RefusedSettingError.
 */
export async function openParts(directory: string, options: GatewayOptions): Promise<GatewayParts> {
  const notices = new Notices(options.warn);
  const repository = await Repository.open(directory, {
    system: options.system,
    onWrongSizes: (found) => tellWrongSizes(notices, 'the repository', found),
    ...repositoryTroubles(notices, options.warn),
    onTrouble: branchNotices(notices, 'the gateway'),
    lockRenewMs: options.limits?.lockRenewMs ?? defaultLimits.lockRenewMs,
    loadHasher: loadNativeHasher,
  });
  try {
    await takeUp(repository);
    const isBrief = options.placement === 'brief';
    // Each push clears it too: a process for one client need not.
    if (!isBrief) await clearPushes(repository, notices);
    const sizes = RepositorySizes.unread(repository.branch);
    if (!isBrief) await sumUp(sizes, notices, repository.system.clock);
    const parts = new GatewayParts({ repository, sizes, notices }, options);
    if (!isBrief) await beginServing(parts);
    await parts.settling.begin(isBrief ? Infinity : settleEveryMs);
    if (!isBrief) void parts.missing.look();
    if (!isBrief) parts.exports.start();
    if (!isBrief) parts.keeper.start();
    parts.scrubSchedule?.start();
    return parts;
  } catch (error) {
    await repository.close();
    throw error;
  }
}

async function beginServing(parts: GatewayParts): Promise<void> {
  await parts.assertSettings();
  const sources = await readTopology(parts);
  if (sources === undefined) return;
  void parts.pool.tellSettings(servedRemotes(sources), parts.repository.config);
  if ([...sources.proxied.keys()].some((uuid) => isClusterUuid(uuid))) await claimPlacement(parts);
}

/** What is served; when that cannot be known, who asks for it is told why. */
async function readTopology(parts: GatewayParts): Promise<TopologySources | undefined> {
  try {
    return await parts.topology.current();
  } catch (error) {
    parts.warn('what is served cannot be read', error);
    return undefined;
  }
}

/**
 * Room on nodes is reserved in memory, so one process decides for all clusters of a gateway. Where
 * that cannot be claimed, as on a disk that is read-only, uploads to clusters try again.
 *
 * @throws GATEWAY_UNUSABLE when another one does.
 */
async function claimPlacement({ claim, notices, repository }: GatewayParts): Promise<void> {
  try {
    if (await claim.tryTake()) return;
  } catch (error) {
    notices.raise(placementNotice, error);
    return;
  }
  throw gatewayUnusable(
    `another ballast already serves the clusters of ${repository.gitDirectory}; end that one first.`,
  );
}
