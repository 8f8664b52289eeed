/** What the installed git-annex says with `--explain`, and what we say in its words. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dialects } from '../../src/expression/index.ts';
import { explain, formatAsGitAnnex } from '../../src/placement/index.ts';
import { annexRepository } from '../support/branch.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { someOf } from '../support/long.ts';
import { item, uuid, world } from '../placement/annex.ts';

const expressions = someOf(
  [
    'include=*.flac or copies=2',
    'include=*.mp3 and copies=2',
    'not copies=archive:2 and lackingcopies=1',
    'not (copies=archive:2 or nothing)',
    'not present or not balanced=archive:1',
    'not balanced=archive:1 and not present and not balanced=archive:1 and not sizebalanced=z',
    'balanced=archive',
    'not standard',
    'or',
    'nothing or',
    'not',
    'anything or nothing and present or copies=3',
    'nothing or securehash and (inbackend=SHA256E or metadata=tag=x)',
    'unused or inallgroup=archive or onlyingroup=archive',
    'nothing or (nothing and (anything or present)) or exclude=*',
    'not not present and present',
    'not (not present and nothing)',
    'not not (include=a and include=b)',
    'anything and (nothing or (copies=1 and copies=2) or copies=3)',
    '(include=a and include=b) or (copies=1 and (copies=2 or copies=1))',
    '(include=a and include=b) or copies=1 and present',
    'anything and not (nothing or copies=2) and present',
    'approxlackingcopies=1 or lackingcopies=-1',
    'copies=1 or include=b or copies=1 or present or present',
    'copies=1 and (copies=1 or copies=2 or copies=3 or copies=4)',
    '(copies=2 or copies=1) and present and present',
    'copies=1 and (copies=1 and (copies=1 or copies=2) and copies=1)',
    'not copies=1 and include=b and copies=1 and present and present',
  ],
  8,
);

test.skipIf(!hasGitAnnex)(
  `says what the installed git-annex says with --explain, ${expressions.length} expressions`,
  { timeout: 120_000 },
  () => {
    const directory = annexRepository();
    mkdirSync(join(directory, 'd'));
    writeFileSync(join(directory, 'd/a.flac'), 'a\n');
    git(directory, 'annex', 'add', '.');
    git(directory, 'annex', 'group', '.', 'archive');
    const own = git(directory, 'config', 'annex.uuid').trim();
    const key = git(directory, 'annex', 'lookupkey', 'd/a.flac').trim();

    const theirs = expressions.map((text) => {
      git(directory, 'annex', 'wanted', '.', text);
      // `find` keeps quiet; the explanation of the expression comes before that of the option.
      const words = ['-C', directory, 'annex', 'whereis', '--want-get', '--explain'];
      const { stdout, stderr } = spawnSync('git', words, { env: gitEnvironment, encoding: 'utf8' });
      return `${stdout}\n${stderr}`.split('\n').find((line) => line.includes('preferred content'));
    });
    const ours = expressions.map((text) => {
      const settings = { [own]: { groups: ['archive'], wanted: text } };
      const annex = { repositories: settings, dialect: dialects.reference };
      const moment = world(annex, { locations: [own] });
      return formatAsGitAnnex(explain(uuid(own), item(key, 'd/a.flac'), moment, 'wanted'));
    });

    expect(ours).toEqual(theirs);
  },
);
