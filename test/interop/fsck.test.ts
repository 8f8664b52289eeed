import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { rot, rots } from '../gateway/scrub/rotten.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { ballast } from '../support/program.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const backends = ['SHA256E', 'WORM'] as const;

describe.skipIf(!hasGitAnnex)('what git-annex fsck and ballast fsck find in one repository', () => {
  const parent = temporaryDirectory();
  const [theirs, ours] = [join(parent, 'theirs'), join(parent, 'ours')];
  let uuid = '';

  beforeAll(() => {
    const annex = (...words: readonly string[]): string => git(theirs, 'annex', ...words);
    execFileSync('git', ['init', '--quiet', theirs], { env: gitEnvironment });
    annex('init', 'here');
    uuid = git(theirs, 'config', 'annex.uuid').trim();
    for (const backend of backends) {
      const files = ['good', 'nowhere', ...rots].map((name) => `${backend}-${name}`);
      for (const file of files) writeFileSync(join(theirs, file), `the content of ${file}`);
      annex('add', '--quiet', `--backend=${backend}`, ...files);
    }
    git(theirs, 'commit', '--quiet', '--message', 'files');
    for (const backend of backends) {
      for (const how of rots) {
        const key = annex('lookupkey', `${backend}-${how}`).trim();
        rot(join(theirs, annex('contentlocation', key).trim()), how);
      }
      annex('setpresentkey', annex('lookupkey', `${backend}-nowhere`).trim(), uuid, '0');
    }
    cpSync(theirs, ours, { recursive: true, verbatimSymlinks: true });
  });

  it('is the same, in annex/bad and in the location logs', async () => {
    const real = spawnSync('git', ['annex', 'fsck', '--json'], {
      cwd: theirs,
      env: gitEnvironment,
      encoding: 'utf8',
    });
    const ended = await ballast(['fsck', '--json', ours]);

    const failed = rows(real.stdout)
      .filter((row) => row.success === false)
      .map(({ key }) => key);
    const found = rows(ended.stdout).filter((row) => /damaged|gone/.test(`${row.found}`));
    expect(ended.stderr).toBe('');
    expect(new Set(found.map(({ key }) => key))).toEqual(new Set(failed));
    expect(found.length).toBe(failed.length);
    expect(failed.length).toBeGreaterThan(rots.length);
    expect([real.status, ended.status]).toEqual([1, 1]);
    expect(bad(ours)).toEqual(bad(theirs));
    expect(present(ours, uuid)).toEqual(present(theirs, uuid));
  });

  it('is nothing the second time, but what ballast is still to restore', async () => {
    const real = spawnSync('git', ['annex', 'fsck', '--json'], { cwd: ours, env: gitEnvironment });
    const ended = await ballast(['fsck', '--json', '--incremental', theirs]);

    // It misses the contents of which there is no copy.
    expect(real.status).toBe(1);
    expect(ended.stdout).not.toContain('"damaged":1');
    expect(ended.status).toBe(0);
  });
});

interface Row {
  readonly key?: string;
  readonly success?: boolean;
  readonly found?: string;
}

function rows(text: string): Row[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line): Row => JSON.parse(line));
}

/** What is in annex/bad, with its bytes. */
function bad(repository: string): string[] {
  const directory = join(repository, '.git/annex/bad');
  const names = readdirSync(directory).sort();
  return names.map((name) => `${name} ${readFileSync(join(directory, name), 'utf8')}`);
}

/** The keys that a repository says it has. */
function present(repository: string, uuid: string): string[] {
  const words = ['annex', 'whereis', '--json', '--all'];
  const { stdout } = spawnSync('git', words, {
    cwd: repository,
    env: gitEnvironment,
    encoding: 'utf8',
  });
  return rows(stdout)
    .filter((row) => JSON.stringify(row).includes(`"uuid":"${uuid}"`))
    .map(({ key }) => key ?? '')
    .sort();
}
