/** Under what conditions repositories work: what is up, what is cut off, how fast and how large things are. */
import type { OwnCommand } from '../language/own/own-command.ts';
import { breakOffUnfitting, loseTransfers } from '../time/breaking.ts';
import { done, troubled, type Performed, type SimulationState } from '../state/state.ts';
import { notNode, standsTwice, unknownRepository } from '../acts/troubles.ts';

type Named = Extract<OwnCommand, { kind: 'down' | 'up' | 'lose' }>;

/** A repository that nobody reaches for a while, or for good; or one whose disk is another now. */
export function failOrReturn({ kind, repository: name }: Named, state: SimulationState): Performed {
  const { network } = state;
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  if (kind === 'lose') loseAll(repository, state);
  else network.reach.setDown(repository, kind === 'down');
  return done;
}

/** All contents are gone, which the repository itself knows at once, and others once they are told. */
function loseAll(repository: number, state: SimulationState): void {
  const { contents, views, clock, oddities } = state;
  if (!oddities.clocktie) clock.now += 1;
  for (let key = 0; key < contents.keyCount; key += 1) {
    if (!views.holds(repository, repository, key)) continue;
    views.set(repository, repository, key, false, clock.now);
  }
  loseTransfers(repository, state);
}

export function part(
  { sides }: Extract<OwnCommand, { kind: 'partition' }>,
  { network }: SimulationState,
): Performed {
  const numbers: number[][] = [];
  for (const side of sides) {
    const found: number[] = [];
    for (const name of side) {
      const number = network.find(name);
      if (number === undefined) return troubled(unknownRepository(name, network));
      if (numbers.some((other) => other.includes(number))) return troubled(standsTwice(name));
      found.push(number);
    }
    numbers.push(found);
  }
  network.reach.part(numbers);
  return done;
}

export function heal({ network }: SimulationState): Performed {
  network.reach.heal();
  return done;
}

export function via(
  { node, repository: name }: Extract<OwnCommand, { kind: 'via' }>,
  { network }: SimulationState,
): Performed {
  if (!network.nodes.has(node)) return troubled(notNode(node));
  const gateway = network.find(name);
  if (gateway === undefined) return troubled(unknownRepository(name, network));
  network.setGateway(node, gateway);
  return done;
}

export function setDisk(
  { repository: name, sizeBytes }: Extract<OwnCommand, { kind: 'disk' }>,
  state: SimulationState,
): Performed {
  const { network, disks } = state;
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  disks.setSize(repository, sizeBytes);
  breakOffUnfitting(repository, state);
  return done;
}

export function setSpeed(
  command: Extract<OwnCommand, { kind: 'speed' }>,
  { network, clockwork }: SimulationState,
): Performed {
  const { left: leftName, arrow, right: rightName, bytesPerSecond, latencyMs } = command;
  const left = network.find(leftName);
  if (left === undefined) return troubled(unknownRepository(leftName, network));
  const right = network.find(rightName);
  if (right === undefined) return troubled(unknownRepository(rightName, network));
  if (left === right) return troubled(standsTwice(rightName));
  const speed = { bytesPerSecond: Number(bytesPerSecond), latencyMs };
  if (arrow !== '<-') clockwork.speeds.set(left, right, speed);
  if (arrow !== '->') clockwork.speeds.set(right, left, speed);
  return done;
}
