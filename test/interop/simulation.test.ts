/** What the simulator says that real repositories do, against real repositories. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { annexRepository } from '../support/branch.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { isLong, someOf } from '../support/long.ts';
import { changesIn, run } from '../simulation/runner.ts';

test.skipIf(!hasGitAnnex).each(someOf(['semitrusted', 'untrusted', 'trusted', 'dead'], 2))(
  'a %s repository that has a file drops it from another as the real one does',
  { timeout: 120_000 },
  (level) => {
    const other = annexRepository();
    const own = annexRepository();
    writeFileSync(join(other, 'f'), 'content\n');
    git(other, 'annex', 'add', 'f');
    git(other, 'commit', '--quiet', '--message', 'f');
    git(own, 'remote', 'add', 'other', other);
    git(own, 'fetch', '--quiet', 'other');
    git(own, 'merge', '--quiet', '--allow-unrelated-histories', `other/${branchOf(other)}`);
    git(own, 'annex', 'get', '--from=other', 'f');
    git(own, 'annex', level === 'dead' ? 'dead' : trustWord(level), '--force', '.');
    const words = ['-C', own, 'annex', 'drop', '--from=other', 'f'];
    const { status } = spawnSync('git', words, { env: gitEnvironment });

    const { log } = run(`
init own
init other
connect own -> other
add f 8B own
wanted other anything
action own sendwanted other
wanted other nothing
trustlevel own ${level}
action own dropunwantedfrom other
`);

    expect(status === 0).toBe(level === 'semitrusted' || level === 'trusted');
    expect(changesIn(log)).toEqual([
      'present other f',
      ...(status === 0 ? ['notpresent other f'] : []),
    ]);
  },
);

test.skipIf(!hasGitAnnex)(
  'a repository drops its own copy of what a special remote has, and none of the remote for another',
  { timeout: 120_000 },
  () => {
    const own = annexRepository();
    const drops = (...words: readonly string[]): boolean =>
      spawnSync('git', ['-C', own, 'annex', ...words], { env: gitEnvironment }).status === 0;
    for (const name of ['s', 't']) {
      mkdirSync(join(own, name));
      const special = ['type=directory', `directory=${own}/${name}`, 'encryption=none'];
      git(own, 'annex', 'initremote', name, ...special);
    }
    writeFileSync(join(own, 'f'), 'content\n');
    git(own, 'annex', 'add', 'f');
    git(own, 'annex', 'copy', '--to=s', 'f');
    git(own, 'annex', 'copy', '--to=t', 'f');
    const real = [drops('drop', 'f'), drops('drop', '--from=s', 'f')];

    const { log } = run(`
init own
initremote s
initremote t
connect own -> s
connect own -> t
add f 8B own
wanted s anything
wanted t anything
action own sendwanted s
action own sendwanted t
wanted own nothing
wanted s nothing
action own dropunwanted
action own dropunwantedfrom s
`);

    expect(real).toEqual([true, false]);
    expect(changesIn(log)).toEqual(['present s f', 'present t f', 'notpresent own f']);
  },
);

test.skipIf(!hasGitAnnex)(
  'a trusted repository is believed and not asked: what it has lost unknown to others counts for a drop',
  { timeout: 120_000 },
  () => {
    const own = annexRepository();
    const other = annexRepository();
    writeFileSync(join(own, 'f'), 'content\n');
    git(own, 'annex', 'add', 'f');
    git(own, 'remote', 'add', 'other', other);
    git(own, 'annex', 'copy', '--to=other', 'f');
    const key = git(own, 'annex', 'lookupkey', 'f').trim();
    git(other, 'annex', 'dropkey', '--force', key);
    const drops = (): boolean =>
      spawnSync('git', ['-C', own, 'annex', 'drop', 'f'], { env: gitEnvironment }).status === 0;
    const asked = drops();
    git(own, 'annex', 'trust', '--force', 'other');
    const believed = drops();

    const { log } = run(`
init own
init other
connect own -> other
add f 8B own
wanted other anything
action own sendwanted other
lose other
wanted own nothing
action own dropunwanted
trustlevel other trusted
action own dropunwanted
`);

    expect({ asked, believed }).toEqual({ asked: false, believed: true });
    expect(log).toMatch(/trusted\naction own dropunwanted\nnotpresent own f\n$/);
    expect(changesIn(log)).toEqual(['present other f', 'notpresent own f']);
  },
);

test.skipIf(!hasGitAnnex || !isLong)(
  'while time passes, repositories come to what real ones come to that sync again and again',
  { timeout: 240_000 },
  () => {
    const laptop = annexRepository();
    const server = annexRepository();
    git(laptop, 'remote', 'add', 'server', server);
    git(server, 'remote', 'add', 'laptop', laptop);
    const sizes = { 'a.dat': 3000, 'b.dat': 50, 'c.tmp': 700, 'old/d.dat': 2000, 'e.txt': 10 };
    mkdirSync(join(laptop, 'old'));
    for (const [file, bytes] of Object.entries(sizes)) {
      writeFileSync(join(laptop, file), file.slice(0, 5).padEnd(bytes, '.'));
    }
    git(laptop, 'annex', 'add', '.');
    git(laptop, 'commit', '--quiet', '--message', 'files');
    git(server, 'pull', '--quiet', 'laptop', branchOf(laptop));
    mkdirSync(join(server, 'bucket'));
    const bucket = ['type=directory', `directory=${server}/bucket`, 'encryption=none'];
    git(server, 'annex', 'initremote', 'bucket', ...bucket);
    const wanted = {
      laptop: 'exclude=*.dat or smallerthan=100',
      server: 'include=*.dat and not copies=2',
      bucket: 'largerthan=1kB or include=old/*',
    };
    git(laptop, 'annex', 'wanted', '.', wanted.laptop);
    git(server, 'annex', 'wanted', '.', wanted.server);
    git(server, 'annex', 'wanted', 'bucket', wanted.bucket);
    for (let round = 0; round < 3; round += 1) {
      for (const repository of [laptop, server]) {
        git(repository, 'annex', 'sync', '--content', '--quiet', '--no-commit');
      }
    }
    const places = [
      ['laptop', laptop, '--in=here'],
      ['server', server, '--in=here'],
      ['bucket', server, '--in=bucket'],
    ] as const;
    const real = Object.keys(sizes).map((file) =>
      places
        .filter(([, repository, place]) => isFound(file, repository, place))
        .map(([name]) => name),
    );

    const { simulation } = run(`
init laptop
init server
initremote bucket
connect laptop <-> server -> bucket
wanted laptop ${wanted.laptop}
wanted server ${wanted.server}
wanted bucket ${wanted.bucket}
${Object.entries(sizes)
  .map(([file, bytes]) => `add ${file} ${bytes}B laptop`)
  .join('\n')}
waitstable 1d
`);
    const { world } = simulation;
    const imagined = Object.keys(sizes).map((file) =>
      places.filter(([view]) => world.holds(file, { view })).map(([name]) => name),
    );

    expect(imagined).toEqual(real);
    expect(new Set(real.map((holders) => holders.join())).size).toBeGreaterThan(2);
  },
);

function isFound(file: string, repository: string, place: string): boolean {
  return git(repository, 'annex', 'find', place, file).trim() === file;
}

function branchOf(repository: string): string {
  return git(repository, 'symbolic-ref', '--short', 'HEAD').trim();
}

/** The command that sets a level. */
function trustWord(level: string): string {
  if (level === 'semitrusted') return 'semitrust';
  return level === 'trusted' ? 'trust' : 'untrust';
}
