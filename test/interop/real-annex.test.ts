import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { run } from '../cli/program.ts';
import { annexRepository } from '../support/branch.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const files = ['a.mp3', 'dir/b.txt', 'dir/ä c.txt', 'd.iso'];
const names = ['b', 'c'];

interface Answer {
  readonly file: string;
  readonly wantget: Record<string, boolean>;
  readonly wantdrop: Record<string, boolean>;
}

describe.skipIf(!hasGitAnnex)('a real annex', () => {
  const directory = hasGitAnnex ? annexRepository() : '';
  const annex = (...words: readonly string[]): string => git(directory, 'annex', ...words);
  const uuids = new Map<string, string>();

  beforeAll(() => {
    mkdirSync(join(directory, 'dir'));
    for (const [index, file] of files.entries()) writeFileSync(join(directory, file), `${index}`);
    annex('add', '--quiet', '.');
    git(directory, 'commit', '-q', '-m', 'files');
    for (const name of names) {
      const place = join(temporaryDirectory(), name);
      mkdirSync(place);
      const settings = ['type=directory', `directory=${place}`, 'encryption=none'];
      annex('initremote', name, ...settings, '--quiet');
      annex('group', name, 'g');
      uuids.set(name, git(directory, 'config', `remote.${name}.annex-uuid`).trim());
    }
    uuids.set('here', git(directory, 'config', 'annex.uuid').trim());
    annex('wanted', 'b', 'balanced=g:1 and not metadata=tag=no');
    annex('wanted', 'c', 'sizebalanced=g:1 or (include=dir/* and copies=1)');
    annex('wanted', '.', 'include=*.mp3 or lackingcopies=1');
    annex('maxsize', 'c', '2');
    annex('metadata', 'd.iso', '--tag', 'no');
    annex('copy', '--quiet', '--to', 'b', 'a.mp3');
  });

  it('is evaluated as git-annex finds its files', async () => {
    const { stdout, status } = await run(['evaluate', '--repo', '.'], { directory });

    expect(status).toBe(0);
    const answers: Answer[] = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(answers.map(({ file }) => file)).toEqual([...files].sort());
    for (const [name, uuid] of uuids) {
      for (const [option, of] of [
        ['--want-get-by', 'wantget'],
        ['--want-drop-by', 'wantdrop'],
      ] as const) {
        const theirs = annex('find', '--anything', `${option}=${name === 'here' ? '.' : name}`);
        const ours = answers.filter((answer) => answer[of][uuid]).map(({ file }) => file);
        expect(ours.sort(), `${option} ${name}`).toEqual(theirs.split('\n').filter(Boolean).sort());
      }
    }
  });

  it('is explained by files, directories and keys, from anywhere in it, and bare', async () => {
    const asked = ['--repository', 'b', '--json'];
    const fileIn = (text: string): unknown[] =>
      text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line).file);
    const within = await run(['explain', 'b.txt', ...asked], { directory: join(directory, 'dir') });
    const below = await run(['explain', 'dir', ...asked], { directory });
    const key = git(directory, 'annex', 'lookupkey', 'd.iso').trim();
    const byKey = await run(['explain', key, '--repository', 'here'], { directory });
    const nothing = await run(['explain', 'nosuch', 'a.mp3', ...asked], { directory });
    const bare = join(temporaryDirectory(), 'bare');
    git('.', 'clone', '-q', '--bare', directory, bare);
    git(bare, 'annex', 'init', '-q', 'bare');
    const inBare = await run(['explain', '--repo', bare, 'dir/b.txt', '--repository', 'c'], {
      directory,
    });

    expect(fileIn(within.stdout)).toEqual(['dir/b.txt', 'dir/b.txt']);
    expect(new Set(fileIn(below.stdout))).toEqual(new Set(['dir/b.txt', 'dir/ä c.txt']));
    expect(byKey.stdout).toContain(` ${key}, because`);
    expect(nothing).toMatchObject({ status: 2 });
    expect(nothing.stderr).toBe('ballast: "nosuch" is no annexed file of ., and no key\n');
    expect(new Set(fileIn(nothing.stdout))).toEqual(new Set(['a.mp3']));
    expect(inBare.stdout).toContain('dir/b.txt, because');
  });

  it('is linted, and says what is odd', async () => {
    const clean = await run(['lint', '--repo', directory], { directory: temporaryDirectory() });
    annex('wanted', 'b', 'copies=nobody:1');
    const odd = await run(['lint'], { directory });

    expect(clean.stdout).not.toContain('nobody');
    expect(odd).toMatchObject({ status: 1, stderr: '' });
    expect(odd.stdout).toContain('nobody');
  });

  it('is mended by the commands that the lint prints, and wants what it wanted', async () => {
    annex('wanted', 'b', "(include=it's) or include=dir/*)");
    annex('groupwanted', 'g', 'include=*.iso or exclude=*.iso');
    const wantedBy = (name: string): string => annex('find', '--anything', `--want-get-by=${name}`);
    const before = names.map(wantedBy);
    const fixed = await run(['lint', '--fix'], { directory });
    const settings = annex('wanted', 'b');
    execFileSync('sh', ['-e'], { cwd: directory, env: gitEnvironment, input: fixed.stdout });

    expect(settings).toBe("(include=it's) or include=dir/*)\n");
    expect(annex('wanted', 'b')).toBe("(include=it's) or include=dir/*\n");
    expect(annex('groupwanted', 'g')).toBe('anything\n');
    expect(names.map(wantedBy)).toEqual(before);
    expect(fixed.stderr).toContain('BL112 in wanted of');
    expect(fixed.status).toBe(1);
    expect((await run(['lint', '--fix'], { directory })).stdout).toBe('');
  });

  it('is told to be none where it is none, and what goes with what', async () => {
    const elsewhere = temporaryDirectory();
    const told = async (...words: readonly string[]): Promise<string> => {
      const { status, stderr } = await run(words, { directory: elsewhere });
      expect(status).toBe(2);
      return stderr;
    };

    expect(await told('lint')).toBe(
      'ballast: . is not a git repository; name a directory of an annex.\n',
    );
    expect(await told('evaluate', '--repo', 'gone')).toMatch(/gone does not exist/);
    expect(await told('explain')).toMatch(/name files or keys, or give --case and --configs/);
    expect(await told('explain', 'x', '--case', 'y')).toMatch(/leave out --case/);
    expect(await told('explain', '--case', 'y')).toMatch(/belong together/);
    expect(await told('evaluate', '--repo', '.', '--cases', 'x')).toMatch(/goes with no other/);
    expect(await told('lint', 'x', '--repo', '.')).toMatch(/give one of/);
    git(elsewhere, 'init', '-q');
    expect(await told('explain', 'x')).toMatch(/is no git-annex repository; run "git annex init"/);
  });
});
