/** Simulations of a few repositories and files, in which every command and most odd cases come up. */
import fc from 'fast-check';

const names = ['a', 'b', 'c', 'n'] as const;
const groups = ['g', 'h'];
const files = ['f', 'archive/f.x', 'public/g.y', 'z'];

const name = fc.constantFrom(...names);
const file = fc.constantFrom(...files);
const group = fc.constantFrom(...groups);

const stable = fc.constantFrom(
  'anything',
  'nothing',
  'include=*.x',
  'include=archive/*',
  'not copies=2',
  'copies=1',
  'largerthan=3',
  'inallgroup=g',
  'not onlyingroup=h',
  'copies=trusted:1',
  'approxlackingcopies=1',
  'standard',
  'groupwanted',
  '',
);
const balanced = fc.constantFrom(
  'present or include=*.y',
  'balanced=g',
  'fullybalanced=g:2',
  'sizebalanced=g',
  'fullysizebalanced=h',
  'not present',
);

/** Expressions of a simulation; stable ones do not go back and forth with the sizes of repositories. */
const expression = (isStable: boolean): fc.Arbitrary<string> =>
  isStable ? stable : fc.oneof(stable, balanced);

const operation = fc.constantFrom(
  'getwanted',
  'sendwanted',
  'dropunwantedfrom',
  'gitpull',
  'gitpush',
);
const longDeed = fc.constantFrom('pull', 'push', 'sync');

const join = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((words) => words.join(' '));
const word = (text: string): fc.Arbitrary<string> => fc.constant(text);

/** Names that stand in for what is not connected make an action fail, and the run end: rarely wanted. */
const pairs = fc.constantFrom('a b', 'b a', 'a c', 'c a', 'a n');
const action = fc.oneof(
  pairs.chain((pair) => {
    const [repository = '', remote = ''] = pair.split(' ');
    const isNode = remote === 'n';
    return fc
      .oneof(
        isNode ? fc.constantFrom('getwanted', 'sendwanted', 'dropunwantedfrom') : operation,
        isNode ? word('getwanted') : longDeed,
      )
      .map((what) => `action ${repository} ${what} ${remote}`);
  }),
  fc.constantFrom('a', 'b', 'c').map((repository) => `action ${repository} dropunwanted`),
);

const size = fc.constantFrom('1B', '3B', '5B', '0B');

const command = (isStable: boolean): fc.Arbitrary<string> =>
  fc.oneof(
    { weight: 4, arbitrary: join(word('add'), file, size, name) },
    { weight: 1, arbitrary: join(word('add'), file, size, name, name) },
    { weight: 1, arbitrary: join(word('addmulti 2 m.x 1B 9B'), name) },
    { weight: 3, arbitrary: join(word('wanted'), name, expression(isStable)) },
    { weight: 1, arbitrary: join(word('required'), name, stable) },
    { weight: 1, arbitrary: join(word('groupwanted'), group, stable) },
    {
      weight: 1,
      arbitrary: join(
        word('randomwanted'),
        name,
        stable.filter((text) => text !== ''),
      ),
    },
    { weight: 2, arbitrary: join(word('group'), name, group) },
    { weight: 1, arbitrary: join(word('ungroup'), name, group) },
    {
      weight: 1,
      arbitrary: join(
        word('trustlevel'),
        name,
        fc.constantFrom('trusted', 'semitrusted', 'untrusted', 'dead'),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom('numcopies 1', 'numcopies 2', 'mincopies 2') },
    { weight: 1, arbitrary: join(word('maxsize'), name, fc.constantFrom('4B', '9B', '0')) },
    { weight: 1, arbitrary: fc.constantFrom('rebalance on', 'rebalance off') },
    { weight: 3, arbitrary: action },
    { weight: 1, arbitrary: fc.tuple(action, action).map((both) => both.join(' while ')) },
    { weight: 2, arbitrary: fc.nat({ max: 4 }).map((count) => `step ${count}`) },
    { weight: 1, arbitrary: word('disconnect a -> b') },
    { weight: 1, arbitrary: word('connect a <-> b <-> c') },
  );

const beginning = [
  'init a',
  'init b',
  'init c',
  'clusternode n c',
  'connect a <-> b',
  'connect a <-> c',
  'connect a -> n',
  'connect b -> n',
].join('\n');

/** Texts of simulations that parse; a command may fail, and then the run ends there. */
export function simulations(options: { readonly isStable?: boolean } = {}): fc.Arbitrary<string> {
  const isStable = options.isStable ?? false;
  const wish = fc.oneof(
    { weight: 2, arbitrary: fc.constant('anything') },
    { weight: 3, arbitrary: expression(isStable) },
  );
  return fc
    .record({
      seed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      wishes: fc.tuple(wish, wish, wish),
      commands: fc.array(command(isStable), { minLength: 5, maxLength: 25, size: 'max' }),
    })
    .map(({ seed, wishes: [a, b, c], commands }) =>
      [
        `seed ${seed}`,
        beginning,
        `wanted a ${a}`,
        `wanted b ${b}`,
        `wanted c ${c}`,
        'add f 3B a',
        'add archive/f.x 4B b',
        ...commands,
        'step 6',
        '',
      ].join('\n'),
    );
}
