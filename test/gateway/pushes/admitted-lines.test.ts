import { describe, expect, it } from 'vitest';
import { appendFilter } from '../../../src/gateway/pushes/append-filter.ts';
import { refusalOfLine } from '../../../src/gateway/pushes/admitted-lines.ts';
import { MergeTally, presentIn, stampOf } from '../../../src/repository/index.ts';

const facts = {
  served: new Set(['node1']),
  newcomers: new Set(['new1', 'new2']),
  groups: new Set(['nodes']),
  remoteNames: new Set(['bucket']),
  latest: stampOf(10_000_000),
};

function refusal(path: string, line: string, ours = ''): string | undefined {
  return refusalOfLine({ path, present: () => new Set(presentIn(ours)) }, line, facts);
}

describe('a line of a push by somebody who may only append', () => {
  it('describes a special remote of his own, and enables none in the clones of others', () => {
    const remote = (settings: string): string | undefined =>
      refusal('remote.log', `new1 encryption=none ${settings} timestamp=5s`);
    expect(remote('name=x type=rsync rsyncurl=h:/x')).toBeUndefined();
    expect(remote('name=x type=rsync autoenable=false')).toBeUndefined();
    expect(remote('name=x type=rsync autoenable=true')).toContain('enables');
    expect(remote('name=x type=rsync autoenable=&116;rue')).toContain('enables');
    expect(remote('name=x type=rsync autoenable=')).toContain('enables');
    expect(remote('name=x type=rsync autoen&97;ble=true')).toContain('no line');
    for (const space of ['\t', '\u00a0', '\v', '\u2003']) {
      expect(remote(`name=x${space}autoenable=true type=rsync`)).toContain('no line');
    }
    expect(remote('sameas-name=x sameas-uuid=new2 type=httpalso')).toBeUndefined();
    expect(remote('sameas-name=x sameas-uuid=node1 type=httpalso')).toContain('known before');
    expect(remote('sameas-name=x sameas-uuid=other type=httpalso')).toContain('known before');
    expect(remote('name=Bucket type=rsync')).toContain('of that name');
    expect(remote('sameas-name=bucket sameas-uuid=new2 type=httpalso')).toContain('of that name');
    expect(refusal('remote.log', 'node1 name=x timestamp=5s')).toContain('known before');
  });

  it('joins no group by which contents are placed here', () => {
    expect(refusal('group.log', 'new1 laptops timestamp=5s')).toBeUndefined();
    expect(refusal('group.log', 'new1 laptops nodes timestamp=5s')).toContain('joins a group');
    expect(refusal('group.log', 'new1 nodes')).toContain('joins a group');
  });

  it('says of what is served only that it has what it has', () => {
    const log = '123/456/X--a.log';
    expect(refusal(log, '5s 1 node1')).toContain('says itself');
    expect(refusal(log, '5s 1 node1', '1s 0 node1\n')).toContain('says itself');
    expect(refusal(log, '5s 1 node1', '1s 1 node1\n')).toBeUndefined();
    expect(refusal(log, '5s 0 node1', '1s 1 node1\n')).toContain('takes a copy');
    expect(refusal(log, '5s 1 laptop')).toBeUndefined();
  });

  it('is of no newcomer when it is about the web, and joins no group that an expression asks for', async () => {
    const web = '00000000-0000-0000-0000-000000000001';
    const ours: Readonly<Record<string, string>> = {
      'group.log': 'node1 nodes timestamp=1s\n',
      'preferred-content.log': 'node1 not copies=archive:2 timestamp=1s\n',
    };
    const theirs: Readonly<Record<string, string>> = {
      'uuid.log': `${web} web timestamp=5s\nnew1 laptop timestamp=5s\n`,
    };
    const of = await admittedOf(ours, theirs);
    expect(of('trust.log', `${web} X timestamp=5s\n`)).toBe('');
    expect(of('trust.log', 'new1 X timestamp=5s\n')).not.toBe('');
    expect(of('group.log', 'new1 nodes timestamp=5s\n')).toBe('');
    expect(of('group.log', 'new1 archive timestamp=5s\n')).toBe('');
    expect(of('group.log', 'new1 laptops timestamp=5s\n')).not.toBe('');
    expect(of('group.log', 'new1 client timestamp=5s\n')).not.toBe('');
  });

  it('joins no group that the standard expressions ask for, where some repository has one', async () => {
    const of = await admittedOf(
      { 'preferred-content.log': 'node1 standard timestamp=1s\n' },
      { 'uuid.log': 'new1 laptop timestamp=5s\n' },
    );
    expect(of('group.log', 'new1 client timestamp=5s\n')).toBe('');
    expect(of('group.log', 'new1 laptops timestamp=5s\n')).not.toBe('');
  });

  it('describes no special remote by the name of another one', async () => {
    const of = await admittedOf(
      { 'remote.log': 'there name=Bucket&32;A type=S3 timestamp=1s\n' },
      { 'uuid.log': 'new1 laptop timestamp=5s\n' },
    );
    expect(of('remote.log', 'new1 name=bucket&32;a type=rsync timestamp=5s\n')).toBe('');
    expect(of('remote.log', 'new1 name=bucket&32;b type=rsync timestamp=5s\n')).not.toBe('');
  });
});

/** What comes in of the lines of a log, by what is there and what the push describes. */
async function admittedOf(
  ours: Readonly<Record<string, string>>,
  theirs: Readonly<Record<string, string>>,
): Promise<(path: string, text: string) => string> {
  const filter = await appendFilter({ served: new Set(['node1']), nowMs: 10_000 })({
    ours: (path) => Promise.resolve(ours[path]),
    theirs: (path) => Promise.resolve(theirs[path]),
  });
  return (path, text) =>
    filter.admitted({ path, ours: ours[path] ?? '', theirs: text }, new MergeTally());
}
