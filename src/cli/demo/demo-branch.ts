import {
  setCluster,
  setDescription,
  setGroupPreferredContent,
  setGroups,
  setMaxsize,
  setNumcopies,
  setPreferredContent,
  setProxy,
  stampOf,
} from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { demoNames } from './demo-names.ts';

/** The repositories of a demo, by the names that it has for them. */
export interface DemoUuids {
  readonly gateway: Uuid;
  readonly cluster: Uuid;
  readonly nodes: ReadonlyMap<string, Uuid>;
}

/**
 * The git-annex branch of a demo: what `git annex initcluster`, `updatecluster`, `groupwanted`,
 * `group`, `wanted`, `maxsize` and `numcopies` would have written
 * (spec/cluster-and-proxy.md section 1.2).
 */
export function demoBranch(uuids: DemoUuids, nowMs: number): { path: string; text: string }[] {
  const now = stampOf(nowMs);
  const { gateway, cluster, nodes } = uuids;
  const nodeUuids = [...nodes.values()];

  const described: readonly (readonly [Uuid, string])[] = [
    [gateway, 'ballast demo gateway'],
    [cluster, `cluster ${demoNames.cluster}`],
    ...[...nodes].map(([name, uuid]) => [uuid, name] as const),
  ];
  const preferred: readonly (readonly [Uuid, string])[] = [
    [gateway, 'nothing'],
    ...nodeUuids.map((uuid) => [uuid, 'groupwanted'] as const),
  ];
  const remotes = [
    ...[...nodes].map(([name, uuid]) => ({ uuid, name })),
    { uuid: cluster, name: demoNames.cluster },
  ];
  return [
    {
      path: 'uuid.log',
      text: described.reduce(
        (log, [subject, value]) => setDescription(log, { subject, value, now }),
        '',
      ),
    },
    {
      path: 'group.log',
      text: nodeUuids.reduce(
        (log, uuid) => setGroups(log, { uuid, groups: [demoNames.group], now }),
        '',
      ),
    },
    {
      path: 'preferred-content.log',
      text: preferred.reduce(
        (log, [subject, value]) => setPreferredContent(log, { subject, value, now }),
        '',
      ),
    },
    {
      path: 'group-preferred-content.log',
      text: setGroupPreferredContent('', {
        subject: demoNames.group,
        value: demoNames.groupwanted,
        now,
      }),
    },
    {
      path: 'maxsize.log',
      text: nodeUuids.reduce(
        (log, uuid) => setMaxsize(log, { uuid, maxsizeBytes: demoNames.maxsizeBytes, now }),
        '',
      ),
    },
    { path: 'numcopies.log', text: setNumcopies('', { copies: demoNames.numcopies, now }) },
    { path: 'cluster.log', text: setCluster('', { cluster, nodes: nodeUuids, now }) },
    { path: 'proxy.log', text: setProxy('', { gateway, remotes, now }) },
  ];
}
