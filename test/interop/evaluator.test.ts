/**
 * Fresh random annexes, made with the git-annex that is here, and every question about them put to
 * it and to us. `BALLAST_RUNS=2000 BALLAST_SEED=N npx vitest run test/interop/evaluator.test.ts`
 * asks about that many files; a failure prints its configuration and case in the format of the
 * golden files.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  recordedAnnexes,
  type AnnexWithKeys,
} from '../../properties/arbitraries/recorded-annexes.ts';
import {
  dialectDefault,
  parseDialect,
  parseExpression,
  type Dialect,
} from '../../src/expression/index.ts';
import { roughTexts } from '../../properties/arbitraries/expressions.ts';
import { parseKey } from '../../src/key/index.ts';
import { answerCases, readRecordedAnnexes } from '../../src/placement/index.ts';
import { annexRepository } from '../support/branch.ts';
import { gitEnvironment, hasGitAnnex } from '../support/git-annex.ts';
import { RecordedRepository, type Found } from '../support/recorded-annex.ts';
import { isLong } from '../support/long.ts';

const seed = Number(process.env['BALLAST_SEED'] ?? 20_250_416);
const caseCount = Number(process.env['BALLAST_RUNS'] ?? (isLong ? 40 : 20));
const casesPerAnnex = 20;
const annexCount = Math.ceil(caseCount / casesPerAnnex);

test.skipIf(!hasGitAnnex)(
  `answers as the installed git-annex does, about ${annexCount * casesPerAnnex} random files`,
  { timeout: 60_000 + annexCount * 60_000 },
  () => {
    const dialect = installedDialect();
    const annexes = fc.sample(recordedAnnexes(casesPerAnnex), { seed, numRuns: annexCount });
    const wrong: string[] = [];
    const count = { yes: 0, all: 0 };

    for (const annex of annexes) {
      const { config, lines } = record(annex);
      const read = readRecordedAnnexes(`{"c":${config}}`, dialect);
      if (read.kind === 'problem') throw new Error(read.message);
      const answer = answerCases(read.value);
      for (const line of lines) {
        const answered = answer(line);
        const differences = answered.kind === 'problem' ? [answered.message] : answered.differences;
        for (const difference of differences ?? []) wrong.push(`${difference}\n${config}\n${line}`);
        const [, wantget = ''] = /"wantget":\{(.*?)\}/.exec(line) ?? [];
        count.yes += wantget.match(/:true/g)?.length ?? 0;
        count.all += wantget.match(/:/g)?.length ?? 0;
      }
    }

    console.log(
      `git-annex ${dialect.version}, seed ${seed}: ${annexCount * casesPerAnnex} cases, ${2 * count.all} answers (${count.yes} of ${count.all} wanted), ${wrong.length} differ`,
    );
    expect(wrong).toEqual([]);
    // The generator is only worth something when both answers are common.
    expect(count.yes / count.all).toBeGreaterThan(0.2);
    expect(count.yes / count.all).toBeLessThan(0.8);
  },
);

test.skipIf(!hasGitAnnex)(
  'accepts and refuses expressions as the installed git-annex does',
  { timeout: 60_000 + caseCount * 1000 },
  () => {
    const dialect = installedDialect();
    const directory = annexRepository();
    const texts = fc.sample(roughTexts, { seed, numRuns: Math.ceil(caseCount / 2) });

    const theirs = texts.map((text) => refusalBy(directory, text));
    const ours = texts.map((text) => {
      const parsed = parseExpression(text, dialect);
      return parsed.kind === 'problems' ? parsed.gitAnnexError : undefined;
    });

    console.log(`seed ${seed}: ${theirs.filter(Boolean).length} of ${texts.length} refused`);
    expect(texts.map((text, index) => [text, ours[index]])).toEqual(
      texts.map((text, index) => [text, theirs[index]]),
    );
  },
);

/** What git-annex says when it does not take an expression. */
function refusalBy(directory: string, text: string): string | undefined {
  const { stderr } = spawnSync('git', ['-C', directory, 'annex', 'wanted', '.', text], {
    env: gitEnvironment,
    encoding: 'utf8',
  });
  return /^git-annex: (.*)$/m.exec(stderr)?.[1];
}

function installedDialect(): Dialect {
  const version = execFileSync('git', ['annex', 'version', '--raw'], { encoding: 'utf8' });
  return parseDialect(version.trim()) ?? dialectDefault;
}

/** The annex as made with git-annex, and its answers, as the golden files have them. */
function record({ annex, keys }: AnnexWithKeys): { config: string; lines: readonly string[] } {
  const real = new RecordedRepository(annex, keys);
  const [get, drop] = [real.find('--want-get-by'), real.find('--want-drop-by')];
  const answersFor = (found: Found, file: string): Readonly<Record<string, boolean>> =>
    Object.fromEntries([...found].map(([uuid, files]) => [uuid, files.has(file)]));
  const lines = keys.map(({ file, ...each }) =>
    JSON.stringify({
      config: 'c',
      ...each,
      file,
      ...attributeNumcopies(annex.gitattributes, file),
      wantget: answersFor(get, file),
      wantdrop: answersFor(drop, file),
    }),
  );
  return { config: JSON.stringify({ ...annex, sizes: sizesOf({ annex, keys }) }), lines };
}

/** For the two patterns that the arbitrary makes. */
function attributeNumcopies(
  gitattributes: string | undefined,
  file: string,
): { attr_numcopies?: number } {
  const [, pattern, number] = /^(\S+) annex\.numcopies=(\d+)/.exec(gitattributes ?? '') ?? [];
  if (pattern === undefined || number === undefined) return {};
  const isMatch = pattern === '*.flac' ? file.endsWith('.flac') : file.startsWith('a/');
  return isMatch ? { attr_numcopies: Number(number) } : {};
}

/**
 * What each repository holds; known where it is described or holds a key (spec/expressions.md
 * section 12.3).
 */
function sizesOf({ annex, keys }: AnnexWithKeys): Readonly<Record<string, string>> {
  const sizes = new Map<string, bigint>();
  for (const { uuid, described } of annex.repos) if (described) sizes.set(uuid, 0n);
  for (const { key, locations } of keys) {
    const bytes = parseKey(key)?.sizeBytes ?? 0n;
    for (const uuid of locations) sizes.set(uuid, (sizes.get(uuid) ?? 0n) + bytes);
  }
  return Object.fromEntries([...sizes].map(([uuid, bytes]) => [uuid, bytes.toString()]));
}
