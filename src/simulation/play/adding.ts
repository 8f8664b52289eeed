/** The commands that add files (spec/sim.md section 4.2). */
import type { Command } from '../language/command.ts';
import { printSize } from '../language/print-size.ts';
import { done, troubled, type Performed, type Play } from './play.ts';
import { pause, type SimulationRequest, type UsedFile } from '../acts/requests.ts';
import { badExpressionIn } from './expressions.ts';
import { diskFull, unknownRepository, type Trouble } from '../acts/troubles.ts';

type Add = Extract<Command, { kind: 'add' }>;
type AddMulti = Extract<Command, { kind: 'addmulti' }>;
type AddTree = Extract<Command, { kind: 'addtree' }>;

const filesBetweenPauses = 1 << 16;

export function add(command: Add, play: Play): Performed {
  const { file, sizeBytes, repositories } = command;
  const trouble = addOne(file, sizeBytes, repositories, play);
  return trouble === undefined ? done : troubled(trouble);
}

/** "For i = N down to 1: random size, then as `add iSUFFIX SIZE REPO...`." */
export function* addMulti(command: AddMulti, play: Play): Generator<SimulationRequest, Performed> {
  const { suffix, leastBytes, mostBytes, repositories } = command;
  for (let number = Number(command.count); number > 0; number -= 1) {
    const sizeBytes = play.randomness.between(leastBytes, mostBytes);
    const trouble = addOne(`${number}${suffix}`, sizeBytes, repositories, play);
    if (trouble !== undefined) return troubled(trouble);
    if (number % filesBetweenPauses === 0) yield pause;
  }
  return done;
}

/** A file with a key that is known. */
export function addKey(
  { file, key: text, repositories }: Extract<Command, { kind: 'addkey' }>,
  play: Play,
): Performed {
  const key = play.contents.useKey(text);
  // The language lets no other text through.
  if (key === undefined) return done;
  for (const name of repositories) {
    const trouble = addTo(name, file, key, play);
    if (trouble !== undefined) return troubled(trouble);
  }
  return done;
}

/** "Key generated first (uses the seed even without repositories), then for each repository." */
export function addOne(
  file: string,
  sizeBytes: bigint,
  repositories: readonly string[],
  play: Play,
): Trouble | undefined {
  const { contents, randomness } = play;
  const seed = randomness.mark();
  randomness.skipBlob();
  if (repositories.length === 0) return undefined;
  const key = contents.makeKey(sizeBytes, seed);
  for (const name of repositories) {
    const trouble = addTo(name, file, key, play);
    if (trouble !== undefined) return trouble;
  }
  return undefined;
}

function addTo(name: string, file: string, key: number, play: Play): Trouble | undefined {
  const { contents, network, actor, disks } = play;
  const repository = network.find(name);
  if (repository === undefined) return unknownRepository(name, network);
  const isNew = !play.views.holds(repository, repository, key);
  if (isNew && !disks.hasRoom(repository, contents.bytes(key))) {
    return diskFull(name, printSize(disks.freeBytes(repository) ?? 0n));
  }
  contents.setFile(file, key);
  actor.setVia(name, repository, repository, key, true);
  if (!play.oddities.remoteviews) tellOfSpecialRemote(name, repository, key, play);
  return undefined;
}

/** A special remote passes nothing on: who added a content to it has told those who have it as a remote. */
function tellOfSpecialRemote(
  name: string,
  remote: number,
  key: number,
  { network, actor }: Play,
): void {
  if (!network.repository(remote).isSpecialRemote) return;
  for (const knowing of network.knowingOf(name)) actor.setVia(name, knowing, remote, key, true);
}

/** Files of a real repository, with their own keys. */
export function* addTree(command: AddTree, play: Play): Generator<SimulationRequest, Performed> {
  const { repository, expression } = command;
  const number = play.network.find(repository);
  if (number === undefined) return troubled(unknownRepository(repository, play.network));
  const { uuid } = play.network.repository(number);
  const bad = badExpressionIn(expression, play.dialect);
  if (bad !== undefined) return troubled(bad);
  let files: Iterable<UsedFile> = [];
  yield { kind: 'addtree', uuid, expression, reply: (answer) => (files = answer) };
  for (const { file, key } of files) {
    const used = play.contents.useKey(key);
    // What is no key cannot come from an annex.
    if (used === undefined) continue;
    const trouble = addTo(repository, file, used, play);
    if (trouble !== undefined) return troubled(trouble);
  }
  return done;
}
