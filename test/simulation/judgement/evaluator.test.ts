import { expect, test } from 'vitest';
import { dialects } from '../../../src/expression/index.ts';
import { Evaluator } from '../../../src/simulation/judgement/evaluator.ts';
import { noOddities, type Oddities } from '../../../src/simulation/oddities.ts';
import { Contents } from '../../../src/simulation/world/contents.ts';
import { Network } from '../../../src/simulation/world/network.ts';
import { Views } from '../../../src/simulation/world/views.ts';
import { repositoryUuids } from '../../../properties/arbitraries/annexes.ts';

const [uuid] = repositoryUuids;

/** One repository that is asked about itself. */
function begun(oddities: Oddities) {
  if (uuid === undefined) throw new RangeError('there is no UUID');
  const contents = new Contents();
  const views = new Views(contents, false);
  const network = new Network();
  views.add();
  network.add('a', uuid, { groups: ['g'], wanted: 'sizebalanced=g' });
  const dialect = dialects.newest;
  return {
    network,
    contents,
    evaluator: new Evaluator({ contents, views, network, oddities, dialect }),
  };
}

test('sizes play a role from when a maxsize is set', () => {
  const { network, evaluator } = begun(noOddities);
  const before = evaluator.dependsOnSizes(0, 0);
  network.configure(0, { maxsizeBytes: 9n });

  expect([before, evaluator.dependsOnSizes(0, 0)]).toEqual([false, true]);
});

test('with the oddity a level of trust is seen once it was changed again, also by who asked in between', () => {
  const { network, evaluator } = begun({ ...noOddities, trustlag: true });
  const seen = (['semitrusted', 'trusted', 'untrusted'] as const).map((trust) => {
    network.configure(0, { trust });
    evaluator.configuration(0);
    evaluator.beginAttempt();
    return uuid && evaluator.configuration(0).repositories.get(uuid)?.trust;
  });

  expect(seen).toEqual(['semitrusted', 'semitrusted', 'trusted']);
});

test('files of a key are those that have it now', () => {
  const { contents } = begun(noOddities);
  const [x = -1, y = -1] = ['x', 'y'].map((name) => contents.useKey(`WORM-s1--${name}`));
  const file = contents.setFile('f', x);
  const before = [...contents.filesOf(x)];
  contents.setFile('f', y);

  expect([before, [...contents.filesOf(x)], [...contents.filesOf(y)]]).toEqual([
    [file],
    [],
    [file],
  ]);
});
