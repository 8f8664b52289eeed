import { specialTypeOf } from '../../nodes/index.ts';
import {
  unhonouredOfRemote,
  type LiveConfiguration,
  type Repository,
} from '../../repository/index.ts';
import type { Approvals } from '../../nodes/index.ts';
import { settingNotices } from '../notices/setting-notices.ts';
import type { Notices } from '../notices/notices.ts';
import type { Warn } from '../notices/warn.ts';
import { beyondNotices } from '../topology/beyond-notices.ts';
import type { GitSettings } from '../topology/git-settings.ts';
import { LiveTopology } from '../topology/live-topology.ts';
import { remoteNotices } from '../topology/remote-notices.ts';
import { ApprovedRemotes } from '../topology/special-remotes.ts';
import { servedClusters, servedRemotes } from '../topology/topology.ts';

/** The topology of a repository, which tells of what is served otherwise than it is set. */
export function toldTopology(
  repository: Repository,
  settings: GitSettings,
  by: {
    readonly notices: Notices;
    readonly live: LiveConfiguration;
    readonly approvals: Approvals;
    readonly warn: Warn;
  },
): LiveTopology {
  const { notices, live, approvals, warn } = by;
  const tell = notices.source();
  return new LiveTopology(repository, settings, {
    configuration: () => live.current(),
    approved: new ApprovedRemotes(repository.branch, approvals, (error) =>
      warn('what was approved of special remotes cannot be written down', error),
    ),
    changed: (sources) => {
      const { config } = sources;
      const found = servedRemotes(sources).flatMap((remote) => {
        const isSpecial = specialTypeOf(remote, config) !== undefined;
        return unhonouredOfRemote(remote, config, isSpecial ? 'special' : 'repository');
      });
      tell([
        ...beyondNotices(servedClusters(sources)),
        ...remoteNotices(sources),
        ...settingNotices(found),
      ]);
    },
  });
}
