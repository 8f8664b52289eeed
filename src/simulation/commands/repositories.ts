/** The commands that make repositories, and names for them (spec/sim.md section 4.2). */
import type { Command } from '../language/command.ts';
import { repositoryUuid } from '../random/identities.ts';
import type { Network } from '../world/network.ts';
import { badExpressionIn } from '../state/expressions.ts';
import { done, troubled, type Performed, type SimulationState } from '../state/state.ts';
import type { SimulationRequest, UsedRepository } from '../acts/requests.ts';
import { nameTaken, notUsable, unknownRepository, uuidTaken } from '../acts/troubles.ts';

type Init = Extract<Command, { kind: 'init' | 'initremote' }>;
type InitUuid = Extract<Command, { kind: 'inituuid' | 'initremoteuuid' }>;
type Use = Extract<Command, { kind: 'use' }>;
type ClusterNode = Extract<Command, { kind: 'clusternode' }>;

export function init({ kind, name }: Init, state: SimulationState): Performed {
  const { network, views, randomness } = state;
  if (isTaken(name, network)) return troubled(nameTaken(name, network));
  const uuid = repositoryUuid(name, randomness.mark());
  randomness.skipBlob();
  views.add();
  network.add(name, uuid, { isSpecialRemote: kind === 'initremote' });
  return done;
}

/** A repository that has its UUID from a real one, as balanced terms pick by them. */
export function initUuid(
  { kind, name, uuid }: InitUuid,
  { network, views }: SimulationState,
): Performed {
  if (isTaken(name, network)) return troubled(nameTaken(name, network));
  const other = network.repositories.find((repository) => repository.uuid === uuid);
  if (other !== undefined) return troubled(uuidTaken(uuid, other.name));
  views.add();
  network.add(name, uuid, { isSpecialRemote: kind === 'initremoteuuid' });
  return done;
}

/** A repository that exists, with its settings; its view begins empty, and does so again the next time. */
export function* use(
  { name, words }: Use,
  state: SimulationState,
): Generator<SimulationRequest, Performed> {
  if (isTaken(name, state.network)) return troubled(nameTaken(name, state.network));
  let answer: UsedRepository | string = `there is no available git remote named "${words}"`;
  yield { kind: 'use', name, words, reply: (given) => (answer = given) };
  const used = readAnswer(answer);
  if (typeof used === 'string') return troubled(notUsable(name, used));
  for (const text of [used.settings.wanted, used.settings.required]) {
    const bad = text === undefined ? undefined : badExpressionIn(text, state.dialect);
    if (bad !== undefined) return troubled(bad);
  }
  takeIn(name, used, state);
  return done;
}

/** The answer as it is once the request was handled, which the type of a variable does not show. */
function readAnswer(answer: UsedRepository | string): UsedRepository | string {
  return answer;
}

function takeIn(
  name: string,
  { uuid, settings, groupwanted }: UsedRepository,
  state: SimulationState,
): void {
  const { network, views } = state;
  const known = network.repositories.findIndex((repository) => repository.uuid === uuid);
  if (known < 0) {
    views.add();
    network.add(name, uuid, settings);
  } else {
    views.clear(known);
    network.rename(known, name);
  }
  for (const [group, expression] of groupwanted ?? []) {
    network.setGroupwanted(group, expression);
  }
}

/** "NAME is another name for REPO." */
export function clusterNode(
  { name, repository: of }: ClusterNode,
  { network }: SimulationState,
): Performed {
  const repository = network.find(of);
  if (repository === undefined) return troubled(unknownRepository(of, network));
  if (isTaken(name, network)) return troubled(nameTaken(name, network));
  network.setNode(name, repository);
  return done;
}

function isTaken(name: string, network: Network): boolean {
  return network.names.has(name) || network.nodes.has(name);
}
