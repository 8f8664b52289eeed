import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { demoIn } from '../support/demo.ts';
import { toBeServed } from '../../src/cli/serving/open-served.ts';
import { Gateway, makeServer, SingleRepository } from '../../src/gateway/index.ts';
import { sha256Key, temporaryDirectory } from '../support/objects.ts';
import { git } from '../support/git-annex.ts';
import { uuidOf } from '../support/branch.ts';
import { relayTo, type Relay } from '../nodes/peer/relay.ts';
import { atEnd, portOf } from '../nodes/peer/servers.ts';

const key = sha256Key(Buffer.from('content'));
const warn = (): void => undefined;

/** A demo whose third node is on another server. */
async function demoWithRemoteNode(): Promise<{ gateway: string; relay: Relay }> {
  const directory = join(temporaryDirectory(), 'demo');
  await demoIn(directory);
  const node = await Gateway.open(join(directory, 'node3.git'), { warn });
  const server = makeServer(new SingleRepository(node, 'node3'), { access: { wideopen: true } });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    server.close();
    server.closeAllConnections();
    await node.close();
  });
  const relay = await relayTo(portOf(server.address()));
  const gateway = join(directory, 'gateway.git');
  const url = `annex+http://127.0.0.1:${relay.port}/git-annex/`;
  git(gateway, 'config', 'remote.node3.annexurl', url);
  return { gateway, relay };
}

it.each([
  [{ proxyconnections: 1 }, { most: 5, kept: 1 }],
  [{ proxyconnections: -1 }, { most: 5, kept: 0 }],
  [{ limit: { peer: { connectionsMax: 2 } } }, { most: 2, kept: 2 }],
])('%j bounds the connections to a remote node', async (options, { most, kept }) => {
  const { gateway, relay } = await demoWithRemoteNode();
  const served = toBeServed(gateway, { port: 0, bind: '127.0.0.1', ...options });
  const repositories = await served.open(warn, () => undefined);
  atEnd(() => repositories.close());
  const node = uuidOf(git(gateway, 'config', 'remote.node3.annex-uuid').trim());
  const lease = await repositories.withUuid(node);
  const store = await lease?.gateway.store(node);

  await Promise.all(Array.from({ length: 5 }, async () => await store?.checkPresent(key)));

  await vi.waitFor(() => expect(relay.open()).toBe(kept));
  expect(relay.mostOpen()).toBe(most);
});
