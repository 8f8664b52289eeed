import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { OpenAnnex, readKeyFacts } from '../../src/annex/index.ts';
import { mayDrop, noSettings, type Item, type TrustLevel } from '../../src/placement/index.ts';
import { configuration, item, uuid } from '../placement/annex.ts';
import { git, gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { someOf } from '../support/long.ts';
import { temporaryDirectory } from '../support/objects.ts';

interface Variant {
  readonly numcopies?: number;
  readonly mincopies?: number;
  readonly trust?: Readonly<Partial<Record<'a' | 'b', TrustLevel>>>;
  readonly required?: string;
  /** What .gitattributes say of the file, and of another one with the same content. */
  readonly attributes?: Readonly<Partial<Record<'file' | 'other', Attributes>>>;
}

interface Attributes {
  readonly numcopies?: number;
  readonly mincopies?: number;
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
    { attributes: { file: { mincopies: 3 } } },
    { mincopies: 3, attributes: { file: { mincopies: 2 } } },
    { numcopies: 3, attributes: { file: { numcopies: 2 } } },
    { attributes: { other: { mincopies: 3 } } },
    { attributes: { file: { mincopies: 1 }, other: { numcopies: 3 } } },
    { mincopies: 3, attributes: { file: { mincopies: 2 }, other: { mincopies: 1 } } },
  ],
  3,
);

/** What is read of the attributes of a file. */
type ReadFacts = Awaited<ReturnType<typeof readKeyFacts>>;

/** Two files with one content. */
const files = ['file', 'other'] as const;

function attributesText(attributes: NonNullable<Variant['attributes']>): string {
  const lines = files.flatMap((name) =>
    Object.entries(attributes[name] ?? {}).map(([what, count]) => `${name} annex.${what}=${count}`),
  );
  return lines.map((line) => `${line}\n`).join('');
}

describe.skipIf(!hasGitAnnex)('git annex drop', () => {
  it('drops just what may be dropped', { timeout: 240_000 }, async () => {
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
    for (const name of files) writeFileSync(join(directory, name), 'content');
    git(directory, 'annex', 'add', '-q', ...files);
    for (const name of ['a', 'b']) git(directory, 'annex', 'copy', '-q', '--to', name, 'file');
    const keyText = git(directory, 'annex', 'lookupkey', 'file').trim();
    const valueOf = (name: string): string => git(directory, 'config', name).trim();
    const here = valueOf('annex.uuid');
    const [a, b] = ['a', 'b'].map((name) => valueOf(`remote.${name}.annex-uuid`));
    const asked = item(keyText, 'file');

    const { branch } = await OpenAnnex.open(directory);
    const answers = [];
    for (const variant of variants) {
      const { numcopies = 1, mincopies = 1, trust = {}, required = '', attributes = {} } = variant;
      annex('numcopies', `${numcopies}`);
      annex('mincopies', `${mincopies}`);
      annex('required', 'here', required);
      for (const name of ['a', 'b'] as const) {
        const level = trust[name] ?? 'semitrusted';
        annex(level.replace(/(trust)ed$/, '$1'), name, '--force');
      }
      writeFileSync(join(directory, '.gitattributes'), attributesText(attributes));
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
      const facts = new Map<string | undefined, ReadFacts>();
      for (const file of files) {
        const read = await readKeyFacts(item(keyText, file), new Set(['attributes']), branch);
        facts.set(file, read);
      }
      const factsOf = ({ file }: Item): ReadFacts | undefined => facts.get(file);
      const world = {
        configuration: settled,
        locations: () => [uuid(here), ...both],
        sizeBytes: () => undefined,
        attributeNumcopies: (of: Item) => factsOf(of)?.attributeNumcopies?.(of),
        attributeMincopies: (of: Item) => factsOf(of)?.attributeMincopies?.(of),
      };
      const { kind } = mayDrop(uuid(here), asked, world, {
        verified: both,
        isLocal: true,
        otherFiles: ['other'],
      });
      answers.push({ variant, dropped, isGranted: kind === 'granted' });
    }
    await branch.close();

    expect(answers.map(({ variant, dropped }) => ({ variant, dropped }))).toEqual(
      answers.map(({ variant, isGranted }) => ({ variant, dropped: isGranted })),
    );
    expect(new Set(answers.map(({ dropped }) => dropped)).size).toBe(2);
  });
});
