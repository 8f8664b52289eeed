/** What repair drops where some nodes keep no locks, as special remotes do. */
import { describe, expect, it } from 'vitest';
import { MemoryGateway } from '../../../properties/simulation/memory-gateway.ts';
import { parseKey, serializeKey } from '../../../src/key/index.ts';
import { noSettings } from '../../../src/placement/index.ts';
import { clusterUuid } from '../../../src/simulation/random/identities.ts';
import { imaginaryUuid } from '../../support/presence.ts';

const [first, second] = [imaginaryUuid(1), imaginaryUuid(2)];
const cluster = clusterUuid('pool');
const key = parseKey('WORM-s5-m1--content');

/** A content that both nodes have and the first one does not want. */
function gatewayOf(special: { readonly keepsNoLocks?: true }): MemoryGateway {
  if (key === undefined) throw new Error('no key');
  const usual = { cost: 100, isDown: false, diskBytes: undefined };
  const gateway = new MemoryGateway({
    cluster,
    nodes: [
      { ...usual, uuid: first, name: 'first' },
      { ...usual, uuid: second, name: 'second', ...special },
    ],
    configuration: {
      repositories: new Map([
        [first, { ...noSettings, wanted: 'nothing' }],
        [second, { ...noSettings, wanted: 'anything' }],
      ]),
      groupwanted: new Map(),
      numcopies: 1,
      mincopies: 1,
      clusters: new Map([[cluster, [first, second]]]),
      fullyBalancedThresholdPercent: 90,
      rebalance: false,
    },
    refusesUnwanted: false,
  });
  for (const name of ['first', 'second']) {
    gateway.node(name).contents.set(serializeKey(key), Buffer.alloc(5));
    gateway.record(key, name === 'first' ? first : second, true);
  }
  return gateway;
}

describe('a copy that is not wanted', () => {
  it('goes when the other one can be locked', async () => {
    if (key === undefined) throw new Error('no key');
    const gateway = gatewayOf({});
    expect(await gateway.repair({ key, file: 'f' })).toMatchObject({ drops: 1, end: 'done' });
    expect(gateway.logged(key)).toEqual([second]);
    expect(gateway.node('first').contents.size).toBe(0);
  });

  it('stays for one that can only be seen, and that is told as a copy that is kept, not as work left', async () => {
    if (key === undefined) throw new Error('no key');
    const gateway = gatewayOf({ keepsNoLocks: true });
    expect(await gateway.repair({ key, file: 'f' })).toMatchObject({
      drops: 0,
      end: 'done',
      last: { drops: [], kept: [{ repository: first, refusals: [{ kind: 'mincopies' }] }] },
    });
    expect(gateway.node('first').contents.size).toBe(1);
  });
});
