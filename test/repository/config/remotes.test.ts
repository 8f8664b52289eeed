import { expect, it } from 'vitest';
import { remoteNames, remotePath, remoteUuid } from '../../../src/repository/index.ts';
import { imaginaryUuid } from '../../support/branch.ts';

/** A git config with these settings and no others. */
function configOf(settings: Readonly<Record<string, string>>): {
  get(name: string): string | undefined;
  names(): IterableIterator<string>;
} {
  return { get: (name) => settings[name], names: () => Object.keys(settings).values() };
}

it('a remote is one that has any setting, each once, dots and all', () => {
  const settings = { 'remote.a.b.url': '', 'remote.a.b.annex-uuid': '', 'remote.c.d': '' };
  const others = { 'remote.pushdefault': '', 'annex.uuid': '', 'branch.e.remote': '' };
  expect(remoteNames(configOf({ ...others, ...settings }))).toEqual(['a.b', 'c']);
});

it('the UUIDs of a remote are read where they are any', () => {
  const [own, gateway] = [imaginaryUuid(1), imaginaryUuid(2)];
  const config = configOf({
    'remote.a.annex-uuid': own,
    'remote.a.annex-proxied-by': gateway,
    'remote.a.annex-config-uuid': 'no uuid',
  });
  expect(remoteUuid('a', config)).toBe(own);
  expect(remoteUuid('a', config, 'annex-proxied-by')).toBe(gateway);
  expect(remoteUuid('a', config, 'annex-config-uuid')).toBeUndefined();
  expect(remoteUuid('b', config)).toBeUndefined();
});

it.each([
  ['/other', '/other'],
  ['/a:b', '/a:b'],
  ['../other', '/place/other'],
  ['./a:b', '/place/here/a:b'],
  ['file:///other%20one', '/other one'],
  ['file://localhost/other', '/other'],
  ['file://host/other', undefined],
  ['file:///a%2Fb', undefined],
  ['host:other', undefined],
  ['ssh://host/other', undefined],
  ['', undefined],
  [undefined, undefined],
])('the url %s leads to the path %s', (url, path) => {
  const config = configOf(url === undefined ? {} : { 'remote.a.url': url });
  expect(remotePath('a', config, '/place/here')).toBe(path);
});
