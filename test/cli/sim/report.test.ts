import {
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { annexRepository } from '../../support/branch.ts';
import { git, hasGitAnnex } from '../../support/git-annex.ts';
import { ballast } from '../../support/program.ts';
import { temporaryDirectory } from '../../support/temporary-directory.ts';

const text = 'seed 1\ninit a\ninit b\nconnect a -> b\nwanted b anything\nadd f 5MB a\nstep 9\n';

function simFile(content: string): string {
  const file = join(temporaryDirectory(), 'small.sim');
  writeFileSync(file, content);
  return file;
}

test('sums a run up, for people and for programs', async () => {
  const file = simFile(text);
  const said = await ballast(['sim', 'run', '--quiet', '--summary', file]);
  const json = await ballast(['sim', 'run', '--quiet', '--summary', '--json', file]);

  expect(said).toMatchObject({ status: 0, stderr: '' });
  expect(said.stdout).toMatch(/^settled: 1 transfer, 0 drops\nmoved 5 MB, /);
  const last: unknown = JSON.parse(json.stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ kind: 'summary', movedBytes: '5000000', isSettled: true });
});

test('sums up what time brought', async () => {
  const file = simFile(text.replace('step 9', 'speed a -> b 1MB/s\nwait 1m'));
  const said = await ballast(['sim', 'run', '--quiet', '--summary', file]);
  const json = await ballast(['sim', 'run', '--quiet', '--summary', '--json', file]);

  expect(said.stdout).toContain('\nsimulated 1m, the last change after 5s 2ms\n');
  const last: unknown = JSON.parse(json.stdout.trimEnd().split('\n').at(-1) ?? '');
  expect(last).toMatchObject({ kind: 'summary', lostFiles: 0, time: { ms: 60_000 } });
});

test('draws a page and pictures, also of a run that broke off', async () => {
  const directory = temporaryDirectory();
  const [page, picture] = [join(directory, 'r.html'), join(directory, 'r.svg')];
  const words = ['sim', 'run', '--report', page, '--report', picture];
  const ended = await ballast([...words, simFile(`${text}present nobody f\n`)]);

  expect(ended.status).toBe(2);
  expect(readFileSync(page, 'utf8')).toContain('a sent f (5 MB) to b');
  expect(readFileSync(picture, 'utf8')).toMatch(/^<\?xml/);
});

test.each(['start', 'replay'])('is told and drawn by %s as well', async (form) => {
  const directory = temporaryDirectory();
  const [log, page] = [join(directory, 'x.log'), join(directory, 'r.html')];
  await ballast(['sim', 'run', simFile(text), '--log', log]);
  const state = form === 'start' ? ['--state', join(directory, 's.json')] : [];

  const told = await ballast(['sim', form, ...state, '--summary', '--report', page, log]);

  expect(told).toMatchObject({ status: 0, stderr: '' });
  expect(told.stdout).toMatch(/^(?:Sim.*\n)*settled: 1 transfer, 0 drops\nmoved 5 MB, /);
  expect(readFileSync(page, 'utf8')).toContain('a sent f (5 MB) to b');
});

test('sums up to more than any double', async () => {
  const most = `${'9'.repeat(278)}QB`;
  const content = text.replace(
    'add f 5MB a',
    `maxsize b ${most}\nadd f ${most} a\nadd g ${most} a`,
  );

  const { stdout } = await ballast(['sim', 'run', '--quiet', '--summary', simFile(content)]);

  expect(stdout).toMatch(/\nmoved 2e278 QB, of which in vain 0 B \(0 %\)\n/);
  expect(stdout).toMatch(/\n {2}b {2}2e278 QB in 2 keys {2}of 1e278 QB {2}200 % full\n/);
});

test('refuses a report of no known kind before it runs anything', async () => {
  const ended = await ballast(['sim', 'run', '--report', 'r.pdf', simFile(text)]);

  expect(ended).toEqual({
    status: 2,
    stdout: '',
    stderr: 'ballast: r.pdf is no report: name a file that ends in .html or .svg.\n',
  });
});

test('imports what an annex is, or says that there is none', async () => {
  const nowhere = await ballast(['sim', 'import', temporaryDirectory()]);

  expect(nowhere.status).toBe(2);
  expect(nowhere.stderr).toMatch(/^ballast: .*not a git repository/);
  expect(await ballast(['sim', 'import', '--sample', '0', '.'])).toMatchObject({ status: 2 });
  if (!hasGitAnnex) return;
  const directory = annexRepository();
  git(directory, 'annex', 'wanted', 'here', 'include=*.flac');
  const told = await ballast(['sim', 'import', '--seed', '3', directory]);
  expect(told).toMatchObject({ status: 0, stderr: '' });
  expect(told.stdout).toMatch(/^seed 3\n# From the annex /);
  expect(told.stdout).toContain('\nwanted here include=*.flac\n');

  const out = join(temporaryDirectory(), 'out');
  mkdirSync(out);
  const link = join(out, 'link.sim');
  writeFileSync(join(out, 'real.sim'), 'old');
  symlinkSync('real.sim', link);
  await ballast(['sim', 'import', '--seed', '3', '--out', link, directory]);
  expect(readlinkSync(link)).toBe('real.sim');
  expect(readFileSync(link, 'utf8')).toBe(told.stdout);
  expect(readdirSync(out)).toEqual(['link.sim', 'real.sim']);
});
