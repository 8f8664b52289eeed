/** What each command does (spec/sim.md section 4.2). */
import type { Command, MetadataChange } from '../language/command.ts';
import { act } from './acting.ts';
import { add, addMulti, addTree } from '../play/adding.ts';
import { connect, disconnect } from './connecting.ts';
import { setExpression, setRandomExpression } from '../play/expressions.ts';
import { performOwn } from './own.ts';
import { done, saySettled, troubled, type Performed, type Play } from '../play/play.ts';
import { clusterNode, init, use } from './repositories.ts';
import type { Pause, SimulationRequest } from '../acts/requests.ts';
import { ChosenSteps, RandomSteps } from './steps.ts';
import { unknownFile, unknownRepository, type Trouble } from '../acts/troubles.ts';

/** Runs one command, with its line in the log and its tick of the clock. */
export function* perform(command: Command, play: Play): Generator<SimulationRequest, Performed> {
  switch (command.kind) {
    case 'present':
    case 'notpresent':
      return expect(command, play);
    case 'visit':
      return yield* visit(command, play);
    default:
      play.history.addCommand(command);
      play.clock.now += 1;
      return yield* performLogged(command, play);
  }
}

type Logged = Exclude<Command, { kind: 'present' | 'notpresent' | 'visit' }>;

function* performLogged(command: Logged, play: Play): Generator<SimulationRequest, Performed> {
  const { network } = play;
  switch (command.kind) {
    case 'blank':
    case 'comment':
      return done;
    case 'init':
    case 'initremote':
      return init(command, play);
    case 'use':
      return yield* use(command, play);
    case 'clusternode':
      return clusterNode(command, play);
    case 'connect':
      return ended(connect(command.links, network, play.oddities));
    case 'disconnect':
      return ended(disconnect(command.links, network, play.oddities));
    case 'add':
      return add(command, play);
    case 'addmulti':
      return yield* addMulti(command, play);
    case 'addtree':
      return yield* addTree(command, play);
    case 'action':
      return yield* act(command, play);
    case 'step':
    case 'stepstable':
      return yield* step(command, play);
    case 'wanted':
    case 'required':
    case 'groupwanted':
      return setExpression(command, play);
    case 'randomwanted':
    case 'randomrequired':
    case 'randomgroupwanted':
      return setRandomExpression(command, play);
    case 'seed':
    case 'numcopies':
    case 'mincopies':
    case 'trustlevel':
    case 'group':
    case 'ungroup':
    case 'maxsize':
    case 'rebalance':
    case 'metadata':
      return ended(set(command, play));
    default:
      return yield* performOwn(command, play);
  }
}

type Setting = Extract<
  Command,
  {
    kind:
      | 'seed'
      | 'numcopies'
      | 'mincopies'
      | 'trustlevel'
      | 'group'
      | 'ungroup'
      | 'maxsize'
      | 'rebalance'
      | 'metadata';
  }
>;

/** Numbers and settings. "Values below 1 become 1." */
function set(command: Setting, play: Play): Trouble | undefined {
  const { network, randomness } = play;
  switch (command.kind) {
    case 'seed':
      randomness.seed = command.seed;
      return undefined;
    case 'numcopies':
      network.configureAll({ numcopies: Math.max(1, Number(command.count)) });
      return undefined;
    case 'mincopies':
      network.configureAll({ mincopies: Math.max(1, Number(command.count)) });
      return undefined;
    case 'rebalance':
      network.configureAll({ rebalance: command.isOn });
      return undefined;
    case 'trustlevel':
      return configure(command, play, (repository) =>
        network.configure(repository, { trust: command.level }),
      );
    case 'group':
      return configure(command, play, (repository) => network.addGroup(repository, command.group));
    case 'ungroup':
      return configure(command, play, (repository) =>
        network.removeGroup(repository, command.group),
      );
    case 'maxsize':
      return configure(command, play, (repository) =>
        network.configure(repository, { maxsizeBytes: command.sizeBytes }),
      );
    case 'metadata':
      return describe(command.file, command.change, play);
  }
}

function configure(
  { repository: name }: { readonly repository: string },
  { network }: Play,
  change: (repository: number) => void,
): Trouble | undefined {
  const repository = network.find(name);
  if (repository === undefined) return unknownRepository(name, network);
  change(repository);
  return undefined;
}

/** Metadata belongs to the key, and is known everywhere at once. */
function describe(name: string, change: MetadataChange, play: Play): Trouble | undefined {
  const { contents } = play;
  const file = contents.file(name);
  if (file === undefined) return unknownFile(name);
  const key = contents.keyOf(file);
  const { operator, value } = change;
  const field = change.field.toLowerCase();
  const values = new Set(operator === '=' ? [] : contents.metadata.of(key)?.get(field));
  if (operator === '-=') values.delete(value);
  else if (operator !== '?=' || values.size === 0) values.add(value);
  contents.metadata.set(key, field, values);
  return undefined;
}

function* step(
  { kind, count }: Extract<Command, { kind: 'step' | 'stepstable' }>,
  play: Play,
): Generator<Pause, Performed> {
  const steps =
    play.chooser === undefined
      ? new RandomSteps(play, play.randomness, play.onUndo)
      : new ChosenSteps(play, play.chooser);
  const stepped = yield* steps.run(Number(count));
  if (stepped.isSettled) saySettled(`${stepped.steps} steps`, play);
  else if (kind === 'stepstable') {
    play.say(`Simulation failed to stabilize after ${count} steps.`);
    play.fail();
  }
  return done;
}

/** "Checks REPO's own view of itself; not put in the log, no clock." */
function expect(
  { kind, repository: name, file: of }: Extract<Command, { kind: 'present' | 'notpresent' }>,
  play: Play,
): Performed {
  const { network, contents, views } = play;
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  const file = contents.file(of);
  const isWanted = kind === 'present';
  if (file === undefined) {
    const wish = isWanted ? 'to be present' : 'to not be present';
    const why = 'but the simulation does not include that file';
    play.say(`Expected ${of} ${wish} in ${name}, ${why}.`);
    play.fail();
    return done;
  }
  const isPresent = views.holds(repository, repository, contents.keyOf(file));
  if (isPresent === isWanted) return done;
  play.say(
    isWanted
      ? `Expected ${of} to be present in ${name}, but it is not.`
      : `Expected ${of} not to be present in ${name}, but it is present.`,
  );
  play.fail();
  return done;
}

/** A command in a repository: "logged only when it exits 0", and when it does not, all ends. */
function* visit(
  command: Extract<Command, { kind: 'visit' }>,
  play: Play,
): Generator<SimulationRequest, Performed> {
  const { repository: name, words } = command;
  const repository = play.network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, play.network));
  const { uuid } = play.network.repository(repository);
  play.evaluator.beginPiece();
  const answer = { status: 0 };
  yield { kind: 'visit', repository: name, uuid, words, reply: (given) => (answer.status = given) };
  if (words.length === 0) return done;
  const { status } = answer;
  if (status === 0) {
    play.history.addCommand(command);
    return done;
  }
  play.say(`Command ${words.join(' ')} exited nonzero.`);
  return { kind: 'exit', status };
}

function ended(trouble: Trouble | undefined): Performed {
  return trouble === undefined ? done : troubled(trouble);
}
