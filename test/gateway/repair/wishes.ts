import { setGroups, setPreferredContent, stampOf } from '../../../src/repository/index.ts';
import { uuidOf, withBranch } from '../../support/branch.ts';
import { nodeNames, repositoryOf, uuidsOf } from '../served-demo.ts';

/** What the nodes of a demo want, and the groups that they are in. */
export interface Wish {
  readonly wanted: string;
  readonly group?: string;
}

/** Three nodes of which the first keeps all, and the others each get and drop because of the other. */
export const circle: readonly Wish[] = [
  { wanted: 'anything' },
  { wanted: 'copies=nodes:1', group: 'archive' },
  { wanted: 'not copies=archive:1', group: 'nodes' },
];

/** Has the nodes of a demo want something, in their order. */
export async function wish(directory: string, wishes: readonly Wish[]): Promise<void> {
  const uuids = uuidsOf(directory);
  const now = stampOf(Date.now());
  const subject = (at: number): ReturnType<typeof uuidOf> =>
    uuidOf(uuids[nodeNames[at] ?? 'node1']);
  await withBranch(repositoryOf(directory, 'gateway'), (branch) =>
    branch.change([
      {
        path: 'preferred-content.log',
        edit: (text) =>
          wishes.reduce(
            (log, { wanted }, at) =>
              setPreferredContent(log, { subject: subject(at), value: wanted, now }),
            text,
          ),
      },
      {
        path: 'group.log',
        edit: (text) =>
          wishes.reduce(
            (log, { group }, at) =>
              setGroups(log, {
                uuid: subject(at),
                groups: group === undefined ? [] : [group],
                now,
              }),
            text,
          ),
      },
    ]),
  );
}
