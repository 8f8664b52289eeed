import { exportStoreOf, type StorageNode } from '../../../nodes/index.ts';
import type { AnnexBranch } from '../../../repository/index.ts';
import type { Uuid } from '../../../units/index.ts';
import type { NodeWork } from '../../nodes/node-work.ts';
import { ExportRemote } from './export-remote.ts';
import { exportSources, type ExportSourcesParts } from './export-sources.ts';
import { WatchedRemote, watchedSource } from './watched-remote.ts';

/** A remote that is exported to, and what of it is under way. */
export interface OpenedRemote {
  readonly remote: ExportRemote;
  readonly watched: WatchedRemote;
}

/** A node as a remote that is exported to; `undefined` for one that no trees are exported to. */
export function openRemote(
  uuid: Uuid,
  node: StorageNode,
  parts: ExportSourcesParts & {
    readonly work: NodeWork;
    readonly branch: Pick<AnnexBranch, 'trees'>;
    readonly signal: AbortSignal;
  },
): OpenedRemote | undefined {
  const { work, branch, locations, signal } = parts;
  const store = exportStoreOf(node);
  if (store === undefined) return undefined;
  const watched = new WatchedRemote(node, store, work);
  const remote = new ExportRemote({
    store: watched.store,
    trees: branch.trees,
    signal,
    sources: async function* (key) {
      for await (const source of exportSources(key, uuid, parts)) yield watchedSource(source, work);
    },
    inTurn: (key, act) => watched.inTurn(key, act),
    silent: () => watched.silent(),
    held: async (key, isRight) => {
      if ((await locations(key)).includes(uuid) || !(await isRight())) return;
      await work.note(node, { key, isPresent: true });
    },
    corrected: async (key) => {
      if (!(await locations(key)).includes(uuid)) return false;
      if (await work.ask(node, () => node.has(key))) return false;
      await work.settle(node, key);
      return true;
    },
  });
  return { remote, watched };
}
