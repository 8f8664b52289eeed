/** What is said of a state that was damaged: where, what stands there, and what was expected. */
import { describe, expect, test } from 'vitest';
import { loadSimulation } from '../../../src/simulation/index.ts';
import { run } from '../runner.ts';

const text = [
  'init a\ninit b\nclusternode n b\nconnect a -> b\nwanted b anything\nspeed a -> b 1B/s',
  'add f 3MB a\naddkey k WORM-s1--x b\nmetadata f tag=x\narrivals .x 1B 1B 1m a',
  'outages b 1d 1h\npartition a | b\nheal\ndisk b 1GB\naction a push b\ndisk b 9MB\nadd g 5MB a\nwait 1s\n',
].join('\n');

/** @param to what comes in the place of the first piece of text that is like `from`. */
function messageOf(from: string | RegExp, to: string): string {
  const saved = run(text).simulation.save();
  const damaged = saved.replace(from, () => to);
  expect(damaged).not.toBe(saved);
  const loaded = loadSimulation(damaged);
  return loaded.kind === 'value' ? 'it was read' : loaded.message;
}

describe('a saved simulation is refused', () => {
  test.each([
    ['a field that is missing', '"clock":', '"o\'clock":', 'clock is missing'],
    [
      'a clock beyond all measure',
      /"clock":\d+/,
      '"clock":99999999999',
      'clock is 99999999999, where a whole number from 0 to 1073741822 was expected',
    ],
    [
      'a name of nobody',
      '"names":{"a":0',
      '"names":{"a":9',
      'names.a is 9, where the number of a repository from 0 to 1 was expected',
    ],
    [
      'a name that means something elsewhere',
      '"names":{"a":0',
      '"names":{"__proto__":9',
      'names.__proto__ is 9, where the number of a repository from 0 to 1 was expected',
    ],
    [
      'a UUID that is none',
      /"uuid":"[^"]*"/,
      '"uuid":""',
      'repositories[0].uuid is "", where a UUID was expected',
    ],
    [
      'a key that is none',
      '"WORM-s1--x"',
      '"x"',
      'keys[1] is "x", where a key, or the size and the seed of one was expected',
    ],
    [
      'a key of a file that is none',
      /"fileKeys":\[0/,
      '"fileKeys":[7',
      'fileKeys[0] is 7, where the number of a key from 0 to 2 was expected',
    ],
    [
      'a file without a key',
      /"fileKeys":\[0,/,
      '"fileKeys":[',
      'fileKeys is a list of 2, where a list of a key for each of 3 files was expected',
    ],
    [
      'metadata of no key',
      '"metadata":[{"key":0',
      '"metadata":[{"key":-1',
      'metadata[0].key is -1, where the number of a key from 0 to 2 was expected',
    ],
    [
      'a view too few',
      /"views":\[\{.*?\},/,
      '"views":[',
      'views is a list of 1, where a list of a view for each of 2 repositories was expected',
    ],
    [
      'cells of keys that there are not',
      /"columns":\[\[\d+,1/,
      '"columns":[[9,1000',
      /^views\[0\]\.columns\[0\] is a list of \d+, where pairs of a cell and its count, for 3 keys/,
    ],
    [
      'a size that is no text',
      /"live":\["\d+"/,
      '"live":[3',
      'views[0].live[0] is 3, where a number of bytes as a text was expected',
    ],
    [
      'a table too many',
      '"tables":[',
      '"tables":[{"isCurrent":true,"entries":[]},',
      'tables is a list of 3, where a list of no more than 2 was expected',
    ],
    [
      'a trust level that there is not',
      '"last":[',
      '"last":["mistrusted"',
      'trustSeen.last[0] is "mistrusted", where one of "dead", "untrusted", "semitrusted", "trusted" was expected',
    ],
    [
      'a command that is none',
      '"commands":[["seed"',
      '"commands":[["sead"',
      'history.commands[0] is a list of 2, where a command was expected',
    ],
    [
      'an entry of nothing',
      '"entries":[-1,0',
      '"entries":[-1,99',
      /^history is an object, where a log in which each entry is of a command/,
    ],
    [
      'a transfer that ends before it begins',
      /"endMs":\d+/,
      '"endMs":0',
      /^time\.connections\[0\]\.transfer is an object, where a transfer that ends when it began/,
    ],
    [
      'a transfer of no file',
      '"kind":"send","file":2',
      '"kind":"send","file":3',
      'time.connections[0].transfer.file is 3, where the number of a file from 0 to 2 was expected',
    ],
    [
      'a way that leads nowhere',
      '"route":[0,1]',
      '"route":[0]',
      'time.connections[0].transfer.route is a list of 1, where a way from one to another was expected',
    ],
    [
      'a file that comes after all',
      /"lastFile":\d/,
      '"lastFile":3',
      'time.connections[0].lastFile is 3, where the number of a file, or -1, from -1 to 2 was expected',
    ],
    [
      'outages of nobody',
      '"outages":[{"repository":1',
      '"outages":[{"repository":2',
      'time.outages[0].repository is 2, where the number of a repository from 0 to 1 was expected',
    ],
    [
      'arrivals that are another command',
      '"words":["arrivals"',
      '"words":["init"',
      /^time\.streams\[0\]\.words is a list of \d, where an arrivals command was expected/,
    ],
    [
      'a speed of nothing',
      '"bytesPerSecond":1',
      '"bytesPerSecond":0',
      'time.speeds[0].speed.bytesPerSecond is 0, where a speed above zero was expected',
    ],
    [
      'what is no object',
      /^.*$/,
      'null',
      'the text is null, where a saved simulation was expected',
    ],
  ])('for %s', (_what, from, to, message) => {
    const told = messageOf(from, to);
    expect(typeof message === 'string' ? told === message : message.test(told), told).toBe(true);
  });

  test('in words without anything that a terminal would obey', () => {
    expect(messageOf('"names":{"a":0', '"names":{"\\u001b[2J":9')).toBe(
      'names.\ufffd[2J is 9, where the number of a repository from 0 to 1 was expected',
    );
  });
});

test('names that mean something in JavaScript are names as others', () => {
  const { simulation } = run('init constructor\ninit __proto__\ngroupwanted toString anything\n');
  const loaded = loadSimulation(simulation.save());

  if (loaded.kind === 'problem') throw new Error(loaded.message);
  expect(loaded.value.world.repositories.map(({ name }) => name)).toEqual([
    'constructor',
    '__proto__',
  ]);
  expect([...loaded.value.world.groupwanted.keys()]).toEqual(['toString']);
});
