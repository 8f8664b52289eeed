import { describe, expect, it } from 'vitest';
import { encodeReply, protocolVersions, type Reply } from '../../src/protocol/index.ts';
import { imaginaryUuid } from '../support/branch.ts';

const other = imaginaryUuid(1);

describe('replies', () => {
  const rows: readonly (readonly [Reply, string, string])[] = [
    [{ kind: 'present', isPresent: true }, '{"present":true}', '{"present":true}'],
    [
      { kind: 'stored', isStored: false, alsoIn: [] },
      '{"stored":false}',
      '{"plusuuids":[],"stored":false}',
    ],
    [
      { kind: 'stored', isStored: true, alsoIn: [other] },
      '{"stored":true}',
      `{"plusuuids":["${other}"],"stored":true}`,
    ],
    [{ kind: 'putFrom', offsetBytes: 0 }, '{"offset":0}', '{"offset":0}'],
    [
      { kind: 'alreadyHave', alsoIn: [] },
      '{"alreadyhave":true}',
      '{"alreadyhave":true,"plusuuids":[]}',
    ],
    [
      { kind: 'removed', isRemoved: false, alsoIn: [other] },
      '{"removed":false}',
      `{"plusuuids":["${other}"],"removed":false}`,
    ],
    [{ kind: 'timestamp', seconds: 12 }, '{"timestamp":12}', '{"timestamp":12}'],
    [
      { kind: 'locked', lockId: 'x' },
      '{"locked":true,"lockid":"x"}',
      '{"locked":true,"lockid":"x"}',
    ],
    [{ kind: 'notLocked' }, '{"locked":false}', '{"locked":false}'],
  ];

  it.for(rows)('%o is compact JSON, with plusuuids from version 2 on and never before', (row) => {
    const [reply, early, late] = row;
    for (const version of protocolVersions) {
      expect(encodeReply(reply, version)).toBe(version < 2 ? early : late);
    }
  });
});
