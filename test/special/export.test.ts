/** Trees exported to directories behind a gateway. */
import { execFileSync } from 'node:child_process';
import { describeExports } from './exports-of.ts';

const settings = ['type=directory', 'encryption=none', 'exporttree=yes', 'annexobjects=yes'];

describeExports({
  name: 'a directory',
  directory: 'ü %',
  make: async (gateway, remote) => {
    const directory = await gateway.initremote(remote, ...settings);
    return () => listing(directory);
  },
});

/** Files with their modes and what is in them. */
function listing(directory: string): readonly string[] {
  const script =
    'find . -path ./.git/annex/tmp -prune -o -type f -printf "%m %p " -exec md5sum {} \\;';
  const out = execFileSync('sh', ['-c', script], { cwd: directory, encoding: 'utf8' });
  return out.split('\n').filter(Boolean).sort();
}
