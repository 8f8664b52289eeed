/** Simulations in which time passes: speeds, failures, partitions, full disks, arrivals, and changes between. */
import fc from 'fast-check';

const names = ['a', 'b', 'c', 'gw', 's'] as const;

const name = fc.constantFrom(...names);
const suffix = fc.constantFrom('.x', '.y');
const duration = fc.constantFrom('5ms', '700ms', '3s', '2m', '1h7m');
const longDuration = fc.constantFrom('2m', '19m', '3h');
const size = fc.constantFrom('0B', '7B', '1kB', '2.5MB');
const expression = fc.constantFrom(
  'anything',
  'nothing',
  'include=*.x',
  'not copies=2',
  'copies=1',
  'largerthan=1kB',
  'balanced=g',
  'sizebalanced=g',
  'not present',
  'metadata=tag=x',
);

const join = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((words) => words.join(' '));
const word = (text: string): fc.Arbitrary<string> => fc.constant(text);
const arrow = fc.constantFrom('->', '<-', '<->');

const file = fc.nat({ max: 3 }).map((number) => `${number + 1}.x`);

/** Commands of which some fail, as with a file that is not there: the run then ends. */
const command: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: join(word('wait'), duration) },
  { weight: 2, arbitrary: join(word('waitstable'), duration) },
  { weight: 2, arbitrary: fc.nat({ max: 4 }).map((count) => `step ${count}`) },
  { weight: 3, arbitrary: join(word('addmulti 3'), suffix, size, size, name) },
  { weight: 1, arbitrary: join(word('addkey k.x WORM-s5--k'), name) },
  { weight: 3, arbitrary: join(word('wanted'), name, expression) },
  {
    weight: 3,
    arbitrary: join(
      word('speed'),
      name,
      arrow,
      name,
      fc.constantFrom('1B/s', '1kB/s', '10MB/s'),
      duration,
    ),
  },
  {
    weight: 2,
    arbitrary: join(
      word('arrivals'),
      suffix,
      fc.constantFrom('0B 9B', '1kB 4MB pareto', '1B 2B uniform steady'),
      longDuration,
      name,
    ),
  },
  { weight: 1, arbitrary: join(word('outages'), name, longDuration, longDuration) },
  { weight: 1, arbitrary: join(fc.constantFrom('down', 'up', 'lose'), name) },
  { weight: 1, arbitrary: fc.constantFrom('partition a gw | b', 'partition a | b | c', 'heal') },
  { weight: 2, arbitrary: join(word('disk'), name, fc.constantFrom('20B', '5kB', '6MB', '1GB')) },
  { weight: 1, arbitrary: join(word('metadata'), file, fc.constantFrom('tag=x', 'tag=y')) },
  { weight: 1, arbitrary: join(word('maxsize'), name, fc.constantFrom('1kB', '3MB')) },
  {
    weight: 1,
    arbitrary: join(
      word('trustlevel'),
      name,
      fc.constantFrom('trusted', 'semitrusted', 'untrusted', 'dead'),
    ),
  },
  { weight: 1, arbitrary: fc.constantFrom('numcopies 2', 'numcopies 1', 'syncevery 30s') },
  { weight: 1, arbitrary: join(word('rename'), file, word('old')) },
  { weight: 1, arbitrary: join(word('remove'), file) },
  { weight: 1, arbitrary: fc.constantFrom('disconnect a -> b', 'connect a <-> b <-> c') },
);

const beginning = [
  'init a',
  'init b',
  'init c',
  'init gw',
  'initremote s',
  'clusternode n c',
  'via n gw',
  'connect a <-> b',
  'connect gw <-> c',
  'connect a -> gw',
  'connect a -> n',
  'connect b -> n',
  'connect a -> s',
  'connect b -> s',
  'wanted s copies=1',
  'group a g',
  'group b g',
  'group c g',
  'addmulti 3 .x 1B 2MB a',
].join('\n');

/** Texts of simulations that parse, without `wait` so long that they take seconds. */
export function timedSimulations(): fc.Arbitrary<string> {
  return fc
    .record({
      seed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      wishes: fc.tuple(expression, expression, expression),
      commands: fc.array(command, { minLength: 5, maxLength: 20, size: 'max' }),
    })
    .map(({ seed, wishes: [a, b, c], commands }) =>
      [
        `seed ${seed}`,
        beginning,
        `wanted a ${a}`,
        `wanted b ${b}`,
        `wanted c ${c}`,
        ...commands,
        'wait 1m',
        '',
      ].join('\n'),
    );
}

/** How many lines of each text come before its commands by chance. */
export const timedBeginningLines = 23;
