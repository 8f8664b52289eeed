/** Simulations of slow connections, on which transfers seldom come through at once. */
import fc from 'fast-check';

const names = ['a', 'b', 'c', 'gw'] as const;

const name = fc.constantFrom(...names);
const file = fc.constantFrom('1.x', '2.x', 'k.x', 'old');
const size = fc.constantFrom('0B', '4kB', '9kB');

const join = (...parts: fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((words) => words.join(' '));
const word = (text: string): fc.Arbitrary<string> => fc.constant(text);

/** Commands of which some fail, as with a file that is not there: the run then ends. */
const command: fc.Arbitrary<string> = fc.oneof(
  { weight: 10, arbitrary: join(word('wait'), fc.constantFrom('1ms', '800ms', '3s', '7s')) },
  { weight: 1, arbitrary: word('waitstable 1m') },
  { weight: 1, arbitrary: fc.nat({ max: 2 }).map((count) => `step ${count}`) },
  { weight: 3, arbitrary: join(fc.constantFrom('down', 'up', 'up', 'up'), name) },
  { weight: 1, arbitrary: join(word('lose'), name) },
  { weight: 1, arbitrary: join(word('outages'), name, word('9s 4s')) },
  { weight: 2, arbitrary: fc.constantFrom('partition a gw | b', 'partition a | b | c', 'heal') },
  { weight: 2, arbitrary: join(word('add'), file, size, name) },
  { weight: 1, arbitrary: join(word('addkey'), file, word('WORM-s5000--k'), name) },
  { weight: 1, arbitrary: join(word('disk'), name, fc.constantFrom('9kB', '20kB')) },
  { weight: 1, arbitrary: word('arrivals .y 0B 5kB uniform steady 6s a') },
  { weight: 1, arbitrary: join(word('wanted'), name, fc.constantFrom('nothing', 'anything')) },
  { weight: 1, arbitrary: fc.constantFrom('numcopies 1', 'numcopies 2', 'trustlevel b dead') },
  { weight: 1, arbitrary: join(word('rename'), fc.constantFrom('1.x', 'k.x'), word('old')) },
  { weight: 1, arbitrary: join(word('remove'), file) },
  { weight: 1, arbitrary: fc.constantFrom('disconnect a -> b', 'connect a <-> b <-> c') },
);

const beginning = [
  'init a',
  'init b',
  'init c',
  'init gw',
  'clusternode n c',
  'via n gw',
  'connect a <-> b',
  'connect a -> n',
  'connect b -> n',
  'connect gw <-> c',
  'wanted a anything',
  'wanted c anything',
  'speed a <-> b 1kB/s',
  'speed a <-> gw 1kB/s 100ms',
  'speed b <-> gw 2kB/s',
  'speed gw <-> c 500B/s',
  'syncevery 2s',
  'addmulti 2 .x 3kB 12kB a',
  'addkey k.x WORM-s5000--k b',
];

/** Texts of simulations that parse, in which time passes and little goes right. */
export function interruptedSimulations(): fc.Arbitrary<string> {
  return fc
    .record({
      seed: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
      wanted: fc.constantFrom('anything', 'not copies=2', 'include=*.x'),
      commands: fc.array(command, { minLength: 5, maxLength: 25, size: 'max' }),
    })
    .map(({ seed, wanted, commands }) =>
      [`seed ${seed}`, ...beginning, `wanted b ${wanted}`, ...commands, 'wait 30s', ''].join('\n'),
    );
}
