import { expect, it } from 'vitest';
import { remoteNotices } from '../../../src/gateway/topology/remote-notices.ts';
import { imaginaryUuid } from '../../support/branch.ts';

it('a remote without a cluster that can be no node is told, with the reason', () => {
  const [near, far] = [imaginaryUuid(1), imaginaryUuid(2)];
  const settings: Readonly<Record<string, string>> = {
    'remote.near.annex-uuid': near,
    'remote.near.url': 'file:///near',
    'remote.far.annex-uuid': far,
    'remote.far.url': 'file://host/far',
  };
  const notices = remoteNotices({
    proxied: new Map([
      [near, 'near'],
      [far, 'far'],
    ]),
    gateways: new Set(),
    elsewhere: new Map(),
    dead: new Set(),
    clusterNodes: new Map(),
    config: { get: (name) => settings[name], getBoolean: () => true },
    remotes: ['near', 'far'],
    specials: new Map(),
    unapproved: [],
    clusters: [],
    refusing: [],
  });

  expect(notices).toEqual([
    {
      kind: 'unsupported',
      subject: 'remote far',
      text: 'far is not served, as it has a url that is neither a local path nor a peer',
    },
  ]);
});
