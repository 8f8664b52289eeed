import type { Notice, Notices } from '../notices.ts';
import type { BeyondMember } from './beyond-members.ts';

/** Tells which members of a gateway's clusters it does not ask, for as long as that is so. */
export class BeyondNotices {
  readonly #notices: Notices;
  #told: readonly Notice[] = [];

  constructor(notices: Notices) {
    this.#notices = notices;
  }

  /** What now is so, by the name of the cluster; what was told before and is not in it is over. */
  tell(clusters: ReadonlyMap<string, readonly BeyondMember[]>): void {
    const now = [...clusters].flatMap(([cluster, members]) =>
      members.map((member) => noticeOf(cluster, member)),
    );
    const subjects = new Set(now.map(({ subject }) => subject));
    for (const notice of this.#told) if (!subjects.has(notice.subject)) this.#notices.clear(notice);
    for (const notice of now) this.#notices.raise(notice);
    this.#told = now;
  }
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
    'set that up, or run "git annex updatecluster" if it left the cluster; till then what it holds is not dropped with the cluster',
};
