import { BlockList, isIPv4, isIPv6 } from 'node:net';

/** Networks that are not the public internet (the registries of RFC 6890). */
const privateNetworks: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['224.0.0.0', 3],
  // The host itself, and addresses of IPv4 within IPv6, as gateways between both translate them.
  ['::', 96],
  ['::ffff:0:0:0', 96],
  ['2001::', 32],
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
];

const isPrivate = ((): ((address: string) => boolean) => {
  const list = new BlockList();
  for (const [network, prefix] of privateNetworks)
    list.addSubnet(network, prefix, familyOf(network));
  // An address of IPv4 that is written as one of IPv6 is looked up as what it is.
  return (address) => list.check(address, familyOf(address));
})();

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIPv4(address) ? 'ipv4' : 'ipv6';
}

/** Says which addresses may be connected to. */
export type IsAllowedAddress = (address: string, port: number) => boolean;

/**
 * Reads `annex.security.allowed-ip-addresses`. Public addresses may be connected to in any case; of the others
 * those that it names, at all ports or as `[ADDRESS]:PORT` at one; and `all` means all. Whoever can push
 * could have the gateway fetch from its own network otherwise (spec/special-remotes.md section 6.3).
 */
export function allowedAddresses(setting: string): IsAllowedAddress {
  const words = setting.split(/\s+/).filter(Boolean);
  if (words.includes('all')) return () => true;
  const named = words.flatMap((word) => {
    const [, inBrackets, port] = /^\[(.*)\]:(\d+)$/.exec(word) ?? [];
    const address = inBrackets ?? word;
    if (!isIPv4(address) && !isIPv6(address)) return [];
    const list = new BlockList();
    list.addAddress(address, familyOf(address));
    return [{ list, port: port === undefined ? undefined : Number(port) }];
  });
  return (address, port) =>
    !isPrivate(address) ||
    named.some(
      (one) =>
        (one.port === undefined || one.port === port) && one.list.check(address, familyOf(address)),
    );
}
