import { expect, it } from 'vitest';
import { allowedAddresses } from '../../../../src/nodes/special/http/allowed-addresses.ts';

it.each([
  ['', '127.0.0.1', 80, false],
  ['', '10.1.2.3', 80, false],
  ['', '172.31.0.1', 80, false],
  ['', '172.32.0.1', 80, true],
  ['', '192.168.1.1', 80, false],
  ['', '169.254.169.254', 80, false],
  ['', '100.64.0.1', 80, false],
  ['', '0.0.0.0', 80, false],
  ['', '93.184.216.34', 80, true],
  ['', '::1', 80, false],
  ['', '::ffff:10.0.0.1', 80, false],
  ['', '64:ff9b::a00:1', 80, false],
  ['', '::ffff:0:127.0.0.1', 80, false],
  ['', '::127.0.0.1', 80, false],
  ['', '2001::1', 80, false],
  ['', 'fd00::1', 80, false],
  ['', 'fe80::1', 80, false],
  ['', '2606:2800:220:1::1', 443, true],
  ['all', '127.0.0.1', 80, true],
  ['127.0.0.1 ::1', '127.0.0.1', 80, true],
  ['127.0.0.1 ::1', '::1', 80, true],
  ['127.0.0.1 ::1', '127.0.0.2', 80, false],
  ['[127.0.0.1]:80', '127.0.0.1', 80, true],
  ['[127.0.0.1]:80', '127.0.0.1', 81, false],
  ['[::1]:80', '::1', 80, true],
  ['nonsense', '127.0.0.1', 80, false],
])('allows by "%s" to connect to %s at %i: %s', (setting, address, port, isAllowed) => {
  expect(allowedAddresses(setting)(address, port)).toBe(isAllowed);
});
