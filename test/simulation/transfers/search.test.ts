/** Which files a stage looks at: those of which something changed since the stage of the round before, or all. */
import { expect, test } from 'vitest';
import { dialects } from '../../../src/expression/index.ts';
import { Evaluator } from '../../../src/simulation/judgement/evaluator.ts';
import { noOddities } from '../../../src/simulation/oddities.ts';
import { Search } from '../../../src/simulation/transfers/search.ts';
import { Contents } from '../../../src/simulation/world/contents.ts';
import { Network } from '../../../src/simulation/world/network.ts';
import { Views } from '../../../src/simulation/world/views.ts';
import { repositoryUuids } from '../../../properties/arbitraries/annexes.ts';

/** By number; the last one is no file at first. */
const names = ['f', 'g', 'h', 'i', 'j'];
const [f, g, h, i] = [0, 1, 2, 3];
/** Who gets, from whom, and a third one. */
const [actor, other, third] = [0, 1, 2];
const operation = { kind: 'get', actor, actorName: 'a', other, otherName: 'b' } as const;

/** Three repositories, and files that are all in the second; sizes play a role where they are wanted by. */
function begun(wanted = 'anything') {
  const contents = new Contents();
  const views = new Views(contents, false);
  const network = new Network();
  for (const [number, uuid] of repositoryUuids.slice(0, 3).entries()) {
    views.add();
    network.add(`r${number}`, uuid, { groups: ['g'], wanted, maxsizeBytes: 100n });
  }
  for (const name of names.slice(0, 4)) {
    contents.setFile(name, contents.useKey(`WORM-s1--${name}`) ?? -1);
  }
  const evaluator = new Evaluator({
    contents,
    views,
    network,
    oddities: noOddities,
    dialect: dialects.newest,
  });
  const search = (before?: Search): Search =>
    new Search({ contents, views, evaluator }, operation, before?.memory, true);
  return { contents, views, network, search };
}

type Begun = ReturnType<typeof begun>;

/** All that are left. */
function filesOf(search: Search, lastFile: number): string {
  search.goOn(lastFile);
  let files = '';
  for (let file = search.next(); file >= 0; file = search.next()) files += names[file] ?? '';
  return files;
}

const sizes = 'sizebalanced=g';

test.for<readonly [string, string, (to: Begun, before: Search) => void, string?]>([
  ['nothing', '', () => undefined],
  ['what the actor knows', 'g', ({ views }) => views.set(actor, third, g, true, 1)],
  ['what the other has', 'h', ({ views }) => views.set(other, other, h, true, 1)],
  ['what the other believes of a third', '', ({ views }) => views.set(other, third, h, true, 1)],
  ['what could not be done', 'i', (_, before) => before.carry(i)],
  ['a setting', 'fghi', ({ network }) => network.configureAll({ numcopies: 2 })],
  ['metadata', 'fghi', ({ contents }) => contents.metadata.set(g, 'tag', ['x'])],
  ['a file of a key that others have', 'fghij', ({ contents }) => contents.setFile('j', g)],
  ['sizes', 'fghi', ({ views }) => views.set(actor, third, g, true, 1), sizes],
])('%s changed between two rounds: looks at "%s"', ([, files, change, wanted]) => {
  const to = begun(wanted);
  const before = to.search();
  const first = filesOf(before, -1);
  change(to, before);

  expect(first).toBe('fghi');
  expect(filesOf(to.search(before), -1)).toBe(files);
});

test.for<readonly [string, string, (to: Begun) => void, string?]>([
  ['nothing', 'i', () => undefined],
  ['what the actor knows', 'hi', ({ views }) => views.set(actor, third, h, true, 2)],
  ['what is still to come', 'i', ({ views }) => views.set(actor, third, i, true, 2)],
  ['what was looked at', 'i', ({ views }) => views.set(actor, third, f, true, 2)],
  ['a setting', 'ghi', ({ network }) => network.configureAll({ numcopies: 2 })],
  ['sizes', 'ghi', ({ views }) => views.set(actor, actor, f, true, 2), sizes],
  [
    'more than is remembered, bit by bit,',
    'i',
    ({ views }) => views.set(actor, third, f, true, 2),
    'often',
  ],
])('%s changed within a stage: looks at "%s" further', ([, files, change, how]) => {
  const to = begun(how === sizes ? sizes : undefined);
  const before = to.search();
  to.views.set(other, third, f, true, 1);
  before.carry(f);
  before.carry(i);
  const search = to.search(before);
  search.goOn(-1);
  const first = search.next();
  for (let time = how === 'often' ? 3000 : 1; time > 0; time -= 1) {
    change(to);
    to.views.set(other, third, f, time % 2 === 0, 2);
    search.goOn(first);
  }

  expect(first).toBe(f);
  expect(filesOf(search, first)).toBe(files);
});
