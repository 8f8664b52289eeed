/** The commands that add files (spec/sim.md section 4.2). */
import type { Command } from '../language/command.ts';
import { printSize } from '../language/print-size.ts';
import { done, troubled, type Performed, type SimulationState } from './state.ts';
import { pause, type SimulationRequest, type UsedFile } from '../acts/requests.ts';
import { badExpressionIn } from './expressions.ts';
import { diskFull, unknownRepository, type Trouble } from '../acts/troubles.ts';

type Add = Extract<Command, { kind: 'add' }>;
type AddMulti = Extract<Command, { kind: 'addmulti' }>;
type AddTree = Extract<Command, { kind: 'addtree' }>;

const filesBetweenPauses = 1 << 16;

export function add(command: Add, state: SimulationState): Performed {
  const { file, sizeBytes, repositories } = command;
  const trouble = addOne(file, sizeBytes, repositories, state);
  return trouble === undefined ? done : troubled(trouble);
}

/** "For i = N down to 1: random size, then as `add iSUFFIX SIZE REPO...`." */
export function* addMulti(
  command: AddMulti,
  state: SimulationState,
): Generator<SimulationRequest, Performed> {
  const { suffix, leastBytes, mostBytes, repositories } = command;
  for (let number = Number(command.count); number > 0; number -= 1) {
    const sizeBytes = state.randomness.between(leastBytes, mostBytes);
    const trouble = addOne(`${number}${suffix}`, sizeBytes, repositories, state);
    if (trouble !== undefined) return troubled(trouble);
    if (number % filesBetweenPauses === 0) yield pause;
  }
  return done;
}

/** A file with a key that is known. */
export function addKey(
  { file, key: text, repositories }: Extract<Command, { kind: 'addkey' }>,
  state: SimulationState,
): Performed {
  const key = state.contents.useKey(text);
  // The language lets no other text through.
  if (key === undefined) return done;
  for (const name of repositories) {
    const trouble = addTo(name, file, key, state);
    if (trouble !== undefined) return troubled(trouble);
  }
  return done;
}

/** "Key generated first (uses the seed even without repositories), then for each repository." */
export function addOne(
  file: string,
  sizeBytes: bigint,
  repositories: readonly string[],
  state: SimulationState,
): Trouble | undefined {
  const { contents, randomness } = state;
  const seed = randomness.mark();
  randomness.skipBlob();
  if (repositories.length === 0) return undefined;
  const key = contents.makeKey(sizeBytes, seed);
  for (const name of repositories) {
    const trouble = addTo(name, file, key, state);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function addTo(
  name: string,
  file: string,
  key: number,
  state: SimulationState,
): Trouble | undefined {
  const { contents, network, runner, disks } = state;
  const repository = network.find(name);
  if (repository === undefined) return unknownRepository(name, network);
  const isNew = !state.views.holds(repository, repository, key);
  if (isNew && !disks.hasRoom(repository, contents.bytes(key))) {
    return diskFull(name, printSize(disks.freeBytes(repository) ?? 0n));
  }
  contents.setFile(file, key);
  runner.setVia(name, repository, repository, key, true);
  if (!state.oddities.remoteviews) tellOfSpecialRemote(name, repository, key, state);
  return undefined;
}

/** A special remote passes nothing on: who added a content to it has told those who have it as a remote. */
function tellOfSpecialRemote(
  name: string,
  remote: number,
  key: number,
  { network, runner }: SimulationState,
): void {
  if (!network.repository(remote).isSpecialRemote) return;
  for (const knowing of network.knowingOf(name)) runner.setVia(name, knowing, remote, key, true);
}

/** Files of a real repository, with their own keys. */
export function* addTree(
  command: AddTree,
  state: SimulationState,
): Generator<SimulationRequest, Performed> {
  const { repository, expression } = command;
  const number = state.network.find(repository);
  if (number === undefined) return troubled(unknownRepository(repository, state.network));
  const { uuid } = state.network.repository(number);
  const bad = badExpressionIn(expression, state.dialect);
  if (bad !== undefined) return troubled(bad);
  let files: Iterable<UsedFile> = [];
  yield { kind: 'addtree', uuid, expression, reply: (answer) => (files = answer) };
  for (const { file, key } of files) {
    const used = state.contents.useKey(key);
    // What is no key cannot come from an annex.
    if (used === undefined) continue;
    const trouble = addTo(repository, file, used, state);
    if (trouble !== undefined) return troubled(trouble);
  }
  return done;
}
