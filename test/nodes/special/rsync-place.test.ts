import { describe, expect, it } from 'vitest';
import { parseListing } from '../../../src/nodes/special/rsync/listing.ts';
import { shellQuoted } from '../../../src/nodes/special/rsync/rsync-place.ts';
import { placeAt, readPlace } from './rsync-remotes.ts';

function whyNot(url: string, settings: Readonly<Record<string, string>> = {}): string | undefined {
  const read = readPlace(url, { settings });
  return read.kind === 'problem' ? read.why : undefined;
}

describe('the place of an rsync remote', () => {
  it('is a path, a path on a host or one of a daemon, as rsync tells them apart', () => {
    expect(placeAt('dir/a:b')).toMatchObject({ url: '/gateway/dir/a:b', isShell: false });
    expect(placeAt('/srv/x/')).toMatchObject({ url: '/srv/x', isShell: false });
    expect(placeAt('rsync://h:1/m/d/')).toMatchObject({ url: 'rsync://h:1/m/d', isShell: false });
    expect(placeAt('me@h::m/d')).toMatchObject({ url: 'me@h::m/d', isShell: false });
    for (const url of ['h:dir', 'me@h:/srv/x', 'h:', '[::1]:d']) {
      expect(placeAt(url)).toMatchObject({ url, isShell: true, isShellEscaped: true });
    }
    expect(placeAt('h:dir', { shellescape: 'no' }).isShellEscaped).toBe(false);
  });

  it('is reached by ssh that asks nobody, or as git config says', () => {
    expect(placeAt('h:d').words).toEqual(['-e', "'ssh' '-o' 'BatchMode=yes' '-T'"]);
    const settings = { 'rsync-transport': "ssh -i it's", 'ssh-options': '-p 24' };
    const words = "'ssh' '-o' 'BatchMode=yes' '-p' '24' '-i' 'it''s' '-T'";
    expect(placeAt('h:d', { settings }).words).toEqual(['-e', words]);
    const rsh = placeAt('h:d', { settings: { 'rsync-transport': 'rsh -l me' } });
    expect(rsh.words).toEqual(['-e', "'rsh' '-l' 'me'"]);
    expect(placeAt('/d', { settings }).words).toEqual([]);
    expect(whyNot('h:d', { 'rsync-transport': 'telnet' })).toContain('neither ssh nor rsh');
  });

  it('takes options of how to talk, for both ways or for one', () => {
    const settings = {
      'rsync-options': '--bwlimit=100  --timeout 30',
      'rsync-upload-options': '-z',
      'rsync-download-options': '--port 99',
    };
    expect(placeAt('/d', { settings })).toMatchObject({
      words: ['--bwlimit=100', '--timeout', '30'],
      uploadWords: ['-z'],
      downloadWords: ['--port', '99'],
    });
  });

  it.each(['--delete', '-avn', '--dry-run', '--inplace', '--preallocate', '-e', '--timeout', 'x'])(
    'is not used with %s, which is told by name',
    (option) => {
      const why = whyNot('/d', { 'rsync-download-options': option });
      expect(why).toContain(`annex-rsync-download-options with ${option}`);
    },
  );

  it('is none where the url is empty, or an option', () => {
    expect(whyNot('')).toContain('empty');
    expect(whyNot('-oProxyCommand=x:y')).toContain('begins with "-"');
  });

  it('is one word for a shell', () => {
    expect(shellQuoted('me@h:/srv/a-b_c.d')).toBe('me@h:/srv/a-b_c.d');
    expect(shellQuoted('h:a b')).toBe("h:'a b'");
    expect(shellQuoted("[::1]:it's $x")).toBe(String.raw`[::1]:'it'\''s $x'`);
  });
});

describe('what rsync lists', () => {
  it('is read with names of any bytes', () => {
    const listed = parseListing(
      [
        'drwxr-xr-x          4,096 2026/11/30 09:25:58 .',
        '-r--r--r--      3,000,000 2026/11/30 09:25:58 aa/b c',
        String.raw`-rw-r--r--              3 2026/11/30 09:25:58 \#303\#274\#134#123`,
        'lrwxrwxrwx              3 2026/11/30 09:25:58 l -> aa',
        '',
      ].join('\n'),
    );
    expect([...listed.keys()]).toEqual(['.', 'aa/b c', String.raw`ü\#123`, 'l -> aa']);
    expect(listed.get('.')).toMatchObject({ isDirectory: true, isFile: false });
    expect(listed.get('aa/b c')).toEqual({
      isDirectory: false,
      isFile: true,
      sizeBytes: 3_000_000,
    });
    expect(listed.get('l -> aa')).toMatchObject({ isDirectory: false, isFile: false });
  });

  it('is nothing that anybody relies on where a line is not understood', () => {
    expect(() => parseListing('Welcome!\n')).toThrow('Welcome!');
  });
});
