/** What simulations of real annexes say is wanted is what git-annex says of these annexes. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importAnnex } from '../../src/cli/sim/import/import.ts';
import { run } from '../simulation/runner.ts';
import { git, hasGitAnnex } from '../support/git-annex.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const nodes = ['n1', 'n2', 'n3', 'n4'];
const fileCount = 40;

/** Contents in one repository, some on nodes, nodes that share them out, and another repository. */
function balancedAnnex(): { readonly own: string; readonly bee: string } {
  const directory = temporaryDirectory();
  const own = join(directory, 'own');
  const bee = join(directory, 'bee');
  git('.', 'init', '-q', own);
  const annex = (...words: string[]): string => git(own, 'annex', ...words);
  annex('init', 'own');
  mkdirSync(join(own, 'd'));
  for (let number = 1; number <= fileCount; number += 1) {
    writeFileSync(join(own, `d/${number}.${number % 2 === 0 ? 'txt' : 'bin'}`), `${number}\n`);
  }
  annex('add', '.');
  git(own, 'commit', '-qm', 'all');
  for (const node of nodes) {
    mkdirSync(join(directory, node));
    annex(
      'initremote',
      node,
      'type=directory',
      `directory=${join(directory, node)}`,
      'encryption=none',
    );
    annex('group', node, 'nas');
    annex('wanted', node, 'groupwanted');
    annex('maxsize', node, '1GB');
  }
  annex('groupwanted', 'nas', 'balanced=nas:2 or metadata=tag=everywhere');
  annex('metadata', '-s', 'tag+=everywhere', '-s', 'tag+=other', 'd/7.bin');
  annex('metadata', '-s', 'tag=everywhere', 'd/9.bin');
  annex('metadata', '-s', 'tag-=everywhere', 'd/9.bin');
  annex('copy', '--to', 'n1', 'd/1.bin', 'd/2.txt', 'd/3.bin', 'd/4.txt');
  annex('copy', '--to', 'n2', 'd/1.bin', 'd/5.bin', 'd/6.txt');
  git('.', 'clone', '-q', own, bee);
  git(bee, 'annex', 'init', 'bee');
  git(bee, 'annex', 'group', 'here', 'nas');
  git(bee, 'annex', 'wanted', 'here', 'include=*.txt and fullybalanced=nas:3');
  return { own, bee };
}

async function imported(repository: string, sample?: number): Promise<string> {
  const out = join(temporaryDirectory(), 'imported.sim');
  await importAnnex(repository, { seed: 3n, out, ...(sample === undefined ? {} : { sample }) });
  return readFileSync(out, 'utf8');
}

/** The files that a simulated action transfers. */
function transferred(text: string, action: string): readonly string[] {
  const { log, end } = run(`${text}action ${action}\n`);
  expect(end).toEqual({ kind: 'done' });
  return [...log.matchAll(/^present \S+ (\S+)$/gm)].map(([, file = '']) => file).sort();
}

function found(repository: string, ...matching: string[]): readonly string[] {
  const text = git(repository, 'annex', 'find', ...matching);
  return text
    .split('\n')
    .filter((file) => file !== '')
    .sort();
}

describe.skipIf(!hasGitAnnex)('an imported annex', { timeout: 120_000 }, () => {
  const { own, bee } = hasGitAnnex ? balancedAnnex() : { own: '', bee: '' };

  test('has the nodes want what they really want', async () => {
    const text = await imported(own);
    const counts = nodes.map((node) => {
      const really = found(own, `--want-get-by=${node}`, '--not', `--in=${node}`, '--in=here');
      expect(transferred(text, `own sendwanted ${node}`)).toEqual(really);
      return really.length;
    });

    expect(Math.min(...counts)).toBeGreaterThan(5);
    expect(Math.max(...counts)).toBeLessThan(fileCount - 5);
  });

  test('has a repository want for itself what it really wants', async () => {
    const really = found(bee, '--want-get', '--not', '--in=here', '--in=origin');

    expect(transferred(await imported(bee), 'bee getwanted origin')).toEqual(really);
    expect(really.length).toBeGreaterThan(5);
    expect(really.length).toBeLessThan(fileCount / 2);
  });

  test('is so in a sample too, for the files that are in it', async () => {
    const text = await imported(own, 20);
    const sampled = new Set([...text.matchAll(/^addkey (\S+) /gm)].map(([, file]) => file));
    const really = found(own, '--want-get-by=n3', '--not', '--in=n3', '--in=here');

    expect(sampled.size).toBe(20);
    expect(transferred(text, 'own sendwanted n3')).toEqual(
      really.filter((file) => sampled.has(file)),
    );
  });
});
