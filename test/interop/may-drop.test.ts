import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mayDrop, noSettings, type TrustLevel } from '../../src/placement/index.ts';
import { configuration, item, uuid } from '../placement/annex.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { someOf } from '../support/long.ts';
import { temporaryDirectory } from '../support/objects.ts';

interface Variant {
  readonly numcopies?: number;
  readonly mincopies?: number;
  readonly trust?: Readonly<Partial<Record<'a' | 'b', TrustLevel>>>;
  readonly required?: string;
}

const variants: readonly Variant[] = someOf<Variant>(
  [
    {},
    { numcopies: 3 },
    { numcopies: 1, mincopies: 2 },
    { numcopies: 1, mincopies: 3 },
    { numcopies: 2, trust: { a: 'untrusted' } },
    { trust: { a: 'dead', b: 'untrusted' } },
    { required: 'copies=3' },
    { required: 'copies=2' },
    { required: 'not present' },
  ],
  5,
);

describe.skipIf(!hasGitAnnex)('git annex drop', () => {
  it('drops just what may be dropped', { timeout: 120_000 }, () => {
    const directory = temporaryDirectory();
    const annex = (...words: readonly string[]): boolean =>
      spawnSync('git', ['annex', ...words], { cwd: directory, env: gitEnvironment }).status === 0;
    git(directory, 'init', '-q');
    git(directory, 'annex', 'init', '-q', 'here');
    for (const name of ['a', 'b']) {
      const place = join(temporaryDirectory(), name);
      mkdirSync(place);
      git(
        directory,
        'annex',
        'initremote',
        name,
        'type=directory',
        'encryption=none',
        `directory=${place}`,
      );
    }
    writeFileSync(join(directory, 'file'), 'content');
    git(directory, 'annex', 'add', '-q', 'file');
    for (const name of ['a', 'b']) git(directory, 'annex', 'copy', '-q', '--to', name, 'file');
    const keyText = git(directory, 'annex', 'lookupkey', 'file').trim();
    const valueOf = (name: string): string => git(directory, 'config', name).trim();
    const here = valueOf('annex.uuid');
    const [a, b] = ['a', 'b'].map((name) => valueOf(`remote.${name}.annex-uuid`));
    const asked = item(keyText, 'file');

    const answers = variants.map((variant) => {
      const { numcopies = 1, mincopies = 1, trust = {}, required = '' } = variant;
      annex('numcopies', `${numcopies}`);
      annex('mincopies', `${mincopies}`);
      annex('required', 'here', required);
      for (const name of ['a', 'b'] as const) {
        const level = trust[name] ?? 'semitrusted';
        annex(level.replace(/(trust)ed$/, '$1'), name, '--force');
      }
      const dropped = annex('drop', 'file');
      if (dropped) annex('get', 'file');
      const settled = configuration({
        repositories: {
          [here]: { required },
          [a ?? '']: { ...noSettings, trust: trust.a ?? 'semitrusted' },
          [b ?? '']: { ...noSettings, trust: trust.b ?? 'semitrusted' },
        },
        numcopies,
        mincopies,
      });
      const both = [uuid(a ?? ''), uuid(b ?? '')];
      const world = {
        configuration: settled,
        locations: () => [uuid(here), ...both],
        sizeBytes: () => undefined,
      };
      const { isGranted } = mayDrop(uuid(here), asked, world, { verified: both, isLocal: true });
      return { variant, dropped, isGranted };
    });

    expect(answers.map(({ variant, dropped }) => ({ variant, dropped }))).toEqual(
      answers.map(({ variant, isGranted }) => ({ variant, dropped: isGranted })),
    );
    expect(new Set(answers.map(({ dropped }) => dropped)).size).toBe(2);
  });
});
