import { expect, test } from 'vitest';
import {
  parseSimulationCommand,
  printSimulationCommand,
  printSimulationCommandAsRead,
  simulationCommandFacts,
  type SimulationCommand,
} from '../../src/simulation/index.ts';

function read(line: string): SimulationCommand {
  const parsed = parseSimulationCommand(line.split(' '));
  if (parsed.kind !== 'command') throw new Error(`${line}: ${parsed.problem.message}`);
  return parsed.command;
}

test.each([
  ['add f 1kB a', { changes: 'more', isAdding: true, files: ['f'] }],
  ['addmulti 2 .x 1kB 2kB a', { isAdding: true, files: ['1.x', '2.x'] }],
  ['addkey f SHA256-s1--x a', { isAdding: true, files: ['f'] }],
  ['addtree a anything', { changes: 'everything', isAdding: true, files: [] }],
  ['remove f', { isAdding: false, files: ['f'] }],
  ['rename f g', { files: ['f', 'g'] }],
  ['copyto a pool', { isLong: true, settlesIn: undefined }],
  ['step 3', { isLong: true, settlesIn: 'steps' }],
  ['stepstable 3', { isLong: true, settlesIn: 'steps' }],
  ['wait 1h', { isLong: true, settlesIn: 'time' }],
  ['waitstable 1h', { isLong: true, settlesIn: 'time' }],
  ['init a', { changes: 'repositories', isLong: false }],
  ['disk a 1MB', { changes: 'repositories' }],
  ['use a here', { changes: 'everything' }],
  ['numcopies 2', { changes: 'everything' }],
  ['trustlevel a dead', { changes: 'everything' }],
  ['lose a', { changes: 'everything' }],
  ['wanted a anything', { changes: 'more' }],
  ['present a f', { changes: 'nothing' }],
  ['notpresent a f', { changes: 'nothing' }],
  ['visit a true', { changes: 'nothing' }],
] as const)('%s', (line, facts) => {
  const found = simulationCommandFacts(read(line));

  expect({ ...found, files: [...found.files] }).toMatchObject(facts);
});

test('a text is printed with the blanks that it has, or each single', () => {
  const command: SimulationCommand = { kind: 'wanted', target: 'a', expression: ' not  present' };

  expect(printSimulationCommand(command)).toBe('wanted a  not  present');
  expect(printSimulationCommandAsRead(command)).toBe('wanted a not present');
});
