import { pause } from '../../acts/requests.ts';
import {
  noRemote,
  notCluster,
  specialRemoteActs,
  unknownFile,
  unknownRepository,
} from '../../acts/troubles.ts';
import { name, repository, wordsField } from '../../language/fields.ts';
import { sendToCluster } from '../../state/cluster-send.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `copyto` say. */
export interface CopyTo {
  readonly repository: string;
  readonly cluster: string;
  /** None for all that the repository has. */
  readonly files: readonly string[];
}

const filesBetweenPauses = 1 << 12;

/** `copyto REPO CLUSTER [FILE...]`: sends contents to a cluster, as `git annex copy --to` does. */
export const copyto: CommandRow<CopyTo> = {
  isOwn: true,
  isLong: true,
  fields: { repository, cluster: name('CLUSTER'), files: wordsField('FILE...', 0) },
  *does({ repository: senderName, cluster: clusterName, files: names }, state) {
    const { network, contents } = state;
    const sender = network.find(senderName);
    if (sender === undefined) return troubled(unknownRepository(senderName, network));
    const cluster = network.clusters.get(clusterName);
    if (cluster === undefined) return troubled(notCluster(clusterName));
    const { isSpecialRemote, remotes } = network.repository(sender);
    if (isSpecialRemote) return troubled(specialRemoteActs(senderName));
    const isClient = [...remotes].some((remote) => network.keeperOf(remote) === cluster.gateway);
    if (!isClient && sender !== cluster.gateway) {
      const gateway = network.repository(cluster.gateway);
      return troubled(noRemote(senderName, gateway.name, remotes));
    }
    const files: number[] = [];
    for (const each of names) {
      const file = contents.file(each);
      if (file === undefined) return troubled(unknownFile(each));
      files.push(file);
    }
    let count = 0;
    for (const file of names.length > 0 ? files : contents.order()) {
      sendToCluster({ sender, senderName, cluster, file }, state);
      count += 1;
      if (count % filesBetweenPauses === 0) yield pause;
    }
    return done;
  },
};
