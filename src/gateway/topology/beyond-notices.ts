import type { BeyondMember } from './beyond-members.ts';
import type { Notice } from '../notices/notices.ts';
import type { ClusterSettings } from './topology.ts';

/** What is told of the members of a gateway's clusters that it does not ask. */
export function beyondNotices(clusters: readonly ClusterSettings[]): Notice[] {
  return clusters.flatMap(({ name, beyond }) => beyond.map((member) => noticeOf(name, member)));
}

function noticeOf(cluster: string, { name, uuid, kind, why }: BeyondMember): Notice {
  return {
    kind: 'unsupported',
    subject: `member ${uuid} of ${cluster}`,
    text: `${name} of cluster ${cluster} is left out, as it ${why}; ${consequences[kind]}`,
  };
}

const consequences: Readonly<Record<BeyondMember['kind'], string>> = {
  gateway: 'uploads do not reach it, and nothing is dropped from the whole cluster',
  special: 'uploads do not reach it, and what it holds is not dropped with the cluster',
  unconfigured:
    'set that up, or run "git annex updatecluster" if it left the cluster; till then what it ' +
    'holds is not dropped with the cluster',
};
