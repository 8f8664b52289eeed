import type { Notice } from '../notices/notices.ts';
import { whyNoNode } from './remote-kind.ts';
import { servedClusters, servedRemotes, type TopologySources } from './topology.ts';

/** What is told of the remotes that a gateway serves, or would if it could. */
export function remoteNotices(sources: TopologySources): Notice[] {
  const served = servedRemotes(sources);
  const members = new Set(
    servedClusters(sources).flatMap(({ beyond }) => beyond.map(({ name }) => name)),
  );
  // Of a member of a cluster it is told what that means for the cluster.
  const alone = served.filter((remote) => !members.has(remote));
  const unsupported = alone.flatMap((remote): Notice[] => {
    const why = whyNoNode(remote, sources);
    if (why === undefined) return [];
    const text = `${remote} is not served, as it ${why}`;
    return [{ kind: 'unsupported', subject: `remote ${remote}`, text }];
  });
  const waiting = sources.unapproved
    .filter((remote) => served.includes(remote))
    .map((remote): Notice => {
      const text =
        `the settings of ${remote} in the git-annex branch were changed and are not followed until they ` +
        `are approved; look at them by "ballast verifyremote ${remote}"`;
      return { kind: 'unsupported', subject: `settings of ${remote}`, text };
    });
  return [...unsupported, ...waiting];
}
