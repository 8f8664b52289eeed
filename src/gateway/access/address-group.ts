/**
 * What counts as one address: an IPv4 address, also one that is mapped into IPv6, and the /64 of an
 * IPv6 address, which is what one site is given (RFC 6177). All peers of a unix socket are one, and
 * so are all that come through one proxy.
 */
export function addressGroup(address: string | undefined): string {
  if (address === undefined || address === '') return 'unix socket';
  const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!address.includes(':')) return address;
  const [head = '', tail] = (address.split('%')[0] ?? '').toLowerCase().split('::');
  const groups = head === '' ? [] : head.split(':');
  if (tail !== undefined) {
    const after = tail === '' ? [] : tail.split(':');
    while (groups.length + after.length < 8) groups.push('0');
    groups.push(...after);
  }
  const network = groups.slice(0, 4).map((group) => group.replace(/^0+(?=.)/, ''));
  return `${network.join(':')}::/64`;
}
