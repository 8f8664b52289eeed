import { describe, expect, it } from 'vitest';
import { findSpecial, type SpecialFound } from '../../../src/nodes/index.ts';
import { remoteSettings } from '../../../src/repository/index.ts';
import { parseUuid, type Uuid } from '../../../src/units/index.ts';

const uuid = '11111111-2222-4333-8444-555555555555';
const other = '22222222-2222-4333-8444-555555555555';
const directory = 'encryption=none name=d type=directory';

/** What a remote is that git config and remote.log have these settings of. */
function find(
  line: string,
  config: Readonly<Record<string, string | undefined>> = {},
  otherLine?: string,
): SpecialFound | undefined {
  const settings = { 'annex-uuid': uuid, 'annex-directory': '/d', ...config };
  const values = new Map<string, string>(
    Object.entries(settings).flatMap(([name, value]) =>
      value === undefined ? [] : [[`remote.d.${name}`, value] as const],
    ),
  );
  const lines = new Map<Uuid, ReadonlyMap<string, string>>();
  for (const [of, text] of [
    [uuid, line],
    [other, otherLine],
  ] as const) {
    const known = parseUuid(of);
    if (known !== undefined && text !== undefined) lines.set(known, remoteSettings(text));
  }
  return findSpecial('d', { get: (name) => values.get(name) }, lines);
}

function whyNot(...given: Parameters<typeof find>): string | undefined {
  const found = find(...given);
  return found?.kind === 'unsupported' ? found.why : undefined;
}

/** The type of a remote of which git config has nothing but these settings, or why it is no node. */
function typeFound(line: string, config: Readonly<Record<string, string>>): string {
  const named = { ...config, 'annex-uuid': uuid };
  const values = new Map(Object.entries(named).map(([name, value]) => [`remote.d.${name}`, value]));
  const known = parseUuid(uuid);
  const lines = new Map(known === undefined ? [] : [[known, remoteSettings(line)] as const]);
  const found = findSpecial('d', { get: (name) => values.get(name) }, lines);
  return found?.kind === 'special' ? found.settings.type : (found?.why ?? 'none');
}

describe('a special remote of git config', () => {
  it('is what its line in remote.log says', () => {
    const found = find(`chunk=1kb ${directory}`);
    expect(found).toMatchObject({
      kind: 'special',
      settings: { uuid, remote: 'd', type: 'directory', chunkBytes: 1000n, readOnly: undefined },
    });
    expect(find('name=d type=directory encryption=none chunk=0')).toMatchObject({
      settings: { chunkBytes: undefined },
    });
    expect(find(directory, { 'annex-directory': '' })).toMatchObject({ kind: 'special' });
  });

  it.each(['httpalso', 'web'])('may be of type %s', (type) => {
    const config = { 'annex-directory': undefined, [`annex-${type}`]: 'true' };
    expect(find(`name=d type=${type} url=http://example.org`, config)).toMatchObject({
      settings: { type },
    });
  });

  it('is the web itself where no line is of it', () => {
    const config = { 'annex-web': 'true', 'annex-uuid': '00000000-0000-0000-0000-000000000001' };
    const found = { ...config, 'annex-directory': undefined };
    expect(find(directory, found)).toMatchObject({
      settings: { type: 'web', values: new Map([['type', 'web']]) },
    });
    expect(find(directory, { ...found, 'annex-uuid': other })).toMatchObject({
      kind: 'unsupported',
    });
  });

  it('shows by httpalso what trees are exported to, and is told by its type otherwise', () => {
    const exported = `chunk=1kb exporttree=yes annexobjects=yes ${directory}`;
    const way = (type: string, main = exported, more = 'exporttree=yes'): ReturnType<typeof find> =>
      find(
        main,
        {
          'annex-directory': type === 'directory' ? 'true' : undefined,
          'annex-httpalso': type === 'httpalso' ? 'true' : undefined,
          'annex-config-uuid': other,
        },
        `name=h sameas-uuid=${uuid} type=${type} url=http://example.org ${more}`,
      );
    const shown = { showsExport: true, exportType: undefined, chunkBytes: undefined, uuid };
    expect(way('httpalso')).toMatchObject({ settings: shown });
    expect(way('httpalso', exported, '')).toMatchObject({ settings: shown });
    expect(way('httpalso', directory, '')).toMatchObject({ settings: { showsExport: false } });
    const why = (reason: string): object => ({
      kind: 'unsupported',
      why: expect.stringContaining(reason),
    });
    expect(way('directory')).toMatchObject(why('is of type directory and another way to a remote'));
    expect(way('directory', exported, '')).toMatchObject(
      why('is of type directory and another way'),
    );
    expect(way('httpalso', directory)).toMatchObject(why('another way to has not'));
    expect(way('httpalso', `importtree=yes ${exported}`)).toMatchObject(why('importtree=yes'));
  });

  it('has the form of the remote that it is another way to', () => {
    const config = {
      'annex-directory': undefined,
      'annex-httpalso': 'true',
      'annex-config-uuid': other,
    };
    const line = `name=h sameas-uuid=${uuid} type=httpalso url=http://example.org`;
    expect(find(`chunk=1kb ${directory}`, config, line)).toMatchObject({
      settings: { type: 'httpalso', chunkBytes: 1000n, uuid },
    });
  });

  it('is only read where it is to be, or waits for approval', () => {
    const readOnly = (config: Readonly<Record<string, string>>): string | undefined => {
      const found = find(directory, config);
      return found?.kind === 'special' ? found.settings.readOnly : 'not served';
    };
    expect(readOnly({ 'annex-readonly': 'true' })).toContain('annex-readonly');
    expect(readOnly({ 'annex-readonly': 'false' })).toBeUndefined();
    expect(readOnly({ 'annex-verified': 'automatic' })).toContain('verifyremote');
    expect(readOnly({ 'annex-verified': 'verified' })).toBeUndefined();
    expect(readOnly({ 'annex-verified': 'manual' })).toBe('not served');
  });

  it('has encryption and chunks of the remote that it is another way to', () => {
    const way = find(
      'sameas-name=way sameas-uuid=x name=way type=directory encryption=none chunk=9kb',
      { 'annex-uuid': other, 'annex-config-uuid': uuid },
      `chunk=2kb encryption=shared cipher=eHg= name=o type=S3`,
    );
    expect(way).toMatchObject({
      settings: { uuid: other, chunkBytes: 2000n, encryption: { kind: 'shared' } },
    });
  });

  it('has no server told the login before it was approved', () => {
    const line = 'encryption=none name=d type=webdav url=http://host/dav';
    const found = (how: string): string =>
      typeFound(line, { 'annex-webdav': 'true', 'annex-verified': how });
    expect(found('verified')).toBe('webdav');
    expect(found('automatic')).toContain('told no login before it is approved');
  });

  it('has no program run before it was approved', () => {
    const line = 'encryption=none externaltype=x name=d type=external';
    const verified = (how: string): Readonly<Record<string, string>> => ({
      'annex-externaltype': 'x',
      'annex-verified': how,
    });
    expect(typeFound(line, verified('verified'))).toBe('external');
    expect(typeFound(line, verified('automatic'))).toContain('verifyremote');
    expect(typeFound(line, verified('manual'))).toContain('verifyremote');
  });

  it('is told by name and reason when it is not served', () => {
    expect(whyNot(directory, { 'annex-verified': 'manual' })).toContain('verifyremote');
    expect(whyNot(`exporttree=yes ${directory}`)).toContain('without annexobjects=yes');
    const exported = `exporttree=yes annexobjects=yes ${directory}`;
    expect(typeFound(exported, { 'annex-directory': '/d' })).toBe('directory');
    expect(whyNot(`versioning=yes ${exported}`)).toContain('versioning=yes');
    expect(whyNot(exported.replace('=none', '=shared'))).toContain('encryption=shared');
    const ofRsync = exported.replace('type=directory', 'type=rsync');
    expect(typeFound(ofRsync, { 'annex-rsyncurl': 'x' })).toBe('rsync');
    const ofProgram = exported.replace('type=directory', 'type=external');
    expect(typeFound(ofProgram, { 'annex-externaltype': 'x' })).toBe('external');
    const ofDav = exported.replace('type=directory', 'type=webdav');
    expect(typeFound(ofDav, { 'annex-webdav': 'true' })).toBe('webdav');
    const ofWeb = exported.replace('type=directory', 'type=httpalso');
    expect(typeFound(ofWeb, { 'annex-httpalso': 'true' })).toContain('yet for type httpalso');
    expect(whyNot(`importtree=yes ${directory}`)).toContain('importtree=yes');
    expect(whyNot(`chunksize=1kb ${directory}`)).toContain('chunksize=');
    expect(whyNot(`chunk=many ${directory}`)).toContain('chunk=many');
    expect(whyNot('name=d type=S3 encryption=none')).toContain('of type S3 in remote.log');
    expect(whyNot('name=d type=directory encryption=rot13')).toContain('encryption=rot13');
    expect(whyNot('name=d type=directory encryption=shared')).toContain('no cipher');
    expect(whyNot('name=d type=directory encryption=hybrid cipher=eA==')).toContain('no keys');
    expect(whyNot('name=d type=directory encryption=shared cipher=eA== mac=X')).toContain('mac=X');
    expect(whyNot(directory, { 'annex-uuid': other })).toContain('not described in remote.log');
    expect(whyNot(directory, { 'annex-uuid': '' })).toContain('no annex-uuid');
  });

  it('is of the type that a setting of git config tells, where contents are kept on such', () => {
    const typeOf = (type: string, setting: string): string =>
      typeFound(`encryption=none name=d type=${type}`, { [setting]: 'x' });
    expect(typeOf('directory', 'annex-directory')).toBe('directory');
    expect(typeOf('S3', 'annex-s3')).toBe('S3');
    expect(typeOf('rsync', 'annex-rsyncurl')).toBe('rsync');
    expect(typeOf('external', 'annex-externaltype')).toBe('external');
    expect(typeOf('webdav', 'annex-webdav')).toBe('webdav');
    const unserved = 'is a special remote of type bup, which ballast does not serve yet';
    expect(typeOf('bup', 'annex-buprepo')).toBe(unserved);
  });

  it('is none without a setting that tells its type', () => {
    const config = { get: (name: string) => (name === 'remote.d.annex-uuid' ? uuid : undefined) };
    expect(findSpecial('d', config, new Map())).toBeUndefined();
  });
});
