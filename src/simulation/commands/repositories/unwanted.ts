import { notCluster } from '../../acts/troubles.ts';
import { name } from '../../language/fields.ts';
import { misread } from '../../language/misread.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `unwanted` say. */
export interface Unwanted {
  readonly cluster: string;
  readonly isRefused: boolean;
}

/** `unwanted CLUSTER refuse|store`: as `annex.cluster.NAME.unwanted` at the gateway, for contents that no node wants. */
export const unwanted: CommandRow<Unwanted> = {
  isOwn: true,
  fields: {
    cluster: name('CLUSTER'),
    isRefused: {
      kind: 'word',
      usage: 'refuse|store',
      read: (word) => {
        if (word.text === 'refuse') return true;
        return word.text === 'store' ? false : misread(word, 'unwanted value', 'refuse or store');
      },
      print: (isRefused) => (isRefused ? 'refuse' : 'store'),
    },
  },
  does({ cluster: name, isRefused }, { network }) {
    const cluster = network.clusters.get(name);
    if (cluster === undefined) return troubled(notCluster(name));
    network.setCluster(name, { ...cluster, refusesUnwanted: isRefused });
    return done;
  },
};
