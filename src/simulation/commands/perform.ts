/** What each command does (spec/sim.md section 4.2). */
import type { Command, MetadataChange } from '../language/command.ts';
import { act } from './acting.ts';
import { add, addMulti, addTree } from '../state/adding.ts';
import { connect, disconnect } from './connecting.ts';
import { setExpression, setRandomExpression } from '../state/expressions.ts';
import { performOwn } from './own.ts';
import {
  done,
  saySettled,
  troubled,
  type Performed,
  type SimulationState,
} from '../state/state.ts';
import { clusterNode, init, use } from './repositories.ts';
import type { Pause, SimulationRequest } from '../acts/requests.ts';
import { ChosenSteps, RandomSteps } from './steps.ts';
import { unknownFile, unknownRepository, type Trouble } from '../acts/troubles.ts';

/** Runs one command, with its line in the log and its tick of the clock. */
export function* perform(
  command: Command,
  state: SimulationState,
): Generator<SimulationRequest, Performed> {
  switch (command.kind) {
    case 'present':
    case 'notpresent':
      return expect(command, state);
    case 'visit':
      return yield* visit(command, state);
    default:
      state.history.addCommand(command);
      state.clock.now += 1;
      return yield* performLogged(command, state);
  }
}

type Logged = Exclude<Command, { kind: 'present' | 'notpresent' | 'visit' }>;

function* performLogged(
  command: Logged,
  state: SimulationState,
): Generator<SimulationRequest, Performed> {
  const { network } = state;
  switch (command.kind) {
    case 'blank':
    case 'comment':
      return done;
    case 'init':
    case 'initremote':
      return init(command, state);
    case 'use':
      return yield* use(command, state);
    case 'clusternode':
      return clusterNode(command, state);
    case 'connect':
      return ended(connect(command.links, network, state.oddities));
    case 'disconnect':
      return ended(disconnect(command.links, network, state.oddities));
    case 'add':
      return add(command, state);
    case 'addmulti':
      return yield* addMulti(command, state);
    case 'addtree':
      return yield* addTree(command, state);
    case 'action':
      return yield* act(command, state);
    case 'step':
    case 'stepstable':
      return yield* step(command, state);
    case 'wanted':
    case 'required':
    case 'groupwanted':
      return setExpression(command, state);
    case 'randomwanted':
    case 'randomrequired':
    case 'randomgroupwanted':
      return setRandomExpression(command, state);
    case 'seed':
    case 'numcopies':
    case 'mincopies':
    case 'trustlevel':
    case 'group':
    case 'ungroup':
    case 'maxsize':
    case 'rebalance':
    case 'metadata':
      return ended(set(command, state));
    default:
      return yield* performOwn(command, state);
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
function set(command: Setting, state: SimulationState): Trouble | undefined {
  const { network, randomness } = state;
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
      return configure(command, state, (repository) =>
        network.configure(repository, { trust: command.level }),
      );
    case 'group':
      return configure(command, state, (repository) => network.addGroup(repository, command.group));
    case 'ungroup':
      return configure(command, state, (repository) =>
        network.removeGroup(repository, command.group),
      );
    case 'maxsize':
      return configure(command, state, (repository) =>
        network.configure(repository, { maxsizeBytes: command.sizeBytes }),
      );
    case 'metadata':
      return describe(command.file, command.change, state);
  }
}

function configure(
  { repository: name }: { readonly repository: string },
  { network }: SimulationState,
  change: (repository: number) => void,
): Trouble | undefined {
  const repository = network.find(name);
  if (repository === undefined) return unknownRepository(name, network);
  change(repository);
  return undefined;
}

/** Metadata belongs to the key, and is known everywhere at once. */
function describe(
  name: string,
  change: MetadataChange,
  state: SimulationState,
): Trouble | undefined {
  const { contents } = state;
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
  state: SimulationState,
): Generator<Pause, Performed> {
  const steps =
    state.chooser === undefined
      ? new RandomSteps(state, state.randomness, state.onUndo)
      : new ChosenSteps(state, state.chooser);
  const stepped = yield* steps.run(Number(count));
  if (stepped.isSettled) saySettled(`${stepped.steps} steps`, state);
  else if (kind === 'stepstable') {
    state.say(`Simulation failed to stabilize after ${count} steps.`);
    state.fail();
  }
  return done;
}

/** "Checks REPO's own view of itself; not put in the log, no clock." */
function expect(
  { kind, repository: name, file: of }: Extract<Command, { kind: 'present' | 'notpresent' }>,
  state: SimulationState,
): Performed {
  const { network, contents, views } = state;
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  const file = contents.file(of);
  const isWanted = kind === 'present';
  if (file === undefined) {
    const wish = isWanted ? 'to be present' : 'to not be present';
    const why = 'but the simulation does not include that file';
    state.say(`Expected ${of} ${wish} in ${name}, ${why}.`);
    state.fail();
    return done;
  }
  const isPresent = views.holds(repository, repository, contents.keyOf(file));
  if (isPresent === isWanted) return done;
  state.say(
    isWanted
      ? `Expected ${of} to be present in ${name}, but it is not.`
      : `Expected ${of} not to be present in ${name}, but it is present.`,
  );
  state.fail();
  return done;
}

/** A command in a repository: "logged only when it exits 0", and when it does not, all ends. */
function* visit(
  command: Extract<Command, { kind: 'visit' }>,
  state: SimulationState,
): Generator<SimulationRequest, Performed> {
  const { repository: name, words } = command;
  const repository = state.network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, state.network));
  const { uuid } = state.network.repository(repository);
  state.evaluator.beginAttempt();
  const answer = { status: 0 };
  yield { kind: 'visit', repository: name, uuid, words, reply: (given) => (answer.status = given) };
  if (words.length === 0) return done;
  const { status } = answer;
  if (status === 0) {
    state.history.addCommand(command);
    return done;
  }
  state.say(`Command ${words.join(' ')} exited nonzero.`);
  return { kind: 'exit', status };
}

function ended(trouble: Trouble | undefined): Performed {
  return trouble === undefined ? done : troubled(trouble);
}
