import { describe, expect, it } from 'vitest';
import { refusalOfLine } from '../../../src/gateway/pushes/admitted-lines.ts';
import { stampOf } from '../../../src/repository/index.ts';

const facts = {
  served: new Set(['node1']),
  newcomers: new Set(['new1', 'new2']),
  groups: new Set(['nodes']),
  latest: stampOf(10_000_000),
};

function refusal(path: string, line: string, ours = ''): string | undefined {
  return refusalOfLine({ path, ours }, line, facts);
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
    expect(remote('sameas-name=x sameas-uuid=new2 type=httpalso')).toBeUndefined();
    expect(remote('sameas-name=x sameas-uuid=node1 type=httpalso')).toContain('known before');
    expect(remote('sameas-name=x sameas-uuid=other type=httpalso')).toContain('known before');
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
});
