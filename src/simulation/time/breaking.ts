/** Transfers that break off, since somebody is no longer reached or has lost a disk. */
import type { Operation } from '../acts/operations.ts';
import type { SimulationState } from '../state/state.ts';
import { partialOf } from '../transfers/clockwork.ts';
import type { Connection, Stage } from '../transfers/connection.ts';
import { arrivedBytes, targetOf, type Transfer } from '../transfers/transfer.ts';

/** Breaks off what no longer reaches its end; what has come of it stays for the next try. */
export function breakOffUnreached(state: SimulationState): void {
  for (const connection of state.clockwork.connections.values()) {
    const { transfer } = connection;
    if (transfer !== undefined && !isUnderWay(connection, transfer, state)) {
      breakOff(connection, transfer, state, { isKept: true });
    }
  }
}

/** Whether a transfer goes on: its remote is there, and reached on the way on which it was begun. */
function isUnderWay(
  { actor, remote }: Connection,
  { route }: Transfer,
  { network }: SimulationState,
): boolean {
  if (!network.repository(actor).remotes.has(remote)) return false;
  const now = network.route(actor, remote);
  if (now === undefined || now.length !== route.length) return false;
  return route.every((each) => now.includes(each));
}

/** Breaks off all from and to a repository that lost its disk, with all that had come to it in part. */
export function loseTransfers(repository: number, state: SimulationState): void {
  const { clockwork } = state;
  for (const connection of clockwork.connections.values()) {
    const { transfer } = connection;
    if (transfer === undefined) continue;
    const isKept = targetOf(transfer) !== repository;
    if (!isKept || transfer.route[0] === repository)
      breakOff(connection, transfer, state, { isKept });
  }
  for (const place of clockwork.partials.keys()) {
    if (place.startsWith(`${repository} `)) clockwork.partials.delete(place);
  }
}

/** Breaks off what does not fit any more on a disk that has become smaller, what comes last first. */
export function breakOffUnfitting(repository: number, state: SimulationState): void {
  const coming = [...state.clockwork.connections.values()].flatMap((connection) => {
    const { transfer } = connection;
    return transfer === undefined || targetOf(transfer) !== repository
      ? []
      : [{ connection, transfer }];
  });
  coming.sort((left, right) => right.transfer.endMs - left.transfer.endMs);
  for (const { connection, transfer } of coming) {
    if (state.disks.hasRoom(repository, 0n)) return;
    breakOff(connection, transfer, state, { isKept: true });
  }
}

/** Who waits for a way behind it has counted on its end, and keeps its time. */
function breakOff(
  connection: Connection,
  transfer: Transfer,
  state: SimulationState,
  { isKept }: { readonly isKept: boolean },
): void {
  const { clock, clockwork, contents, disks, runner, onHappening } = state;
  const target = targetOf(transfer);
  const { file, key } = transfer;
  const came = arrivedBytes(transfer, clock.ms);
  const arrived = isKept ? came : 0;
  if (arrived > 0) clockwork.partials.set(partialOf(target, key), arrived);
  disks.release(target, contents.bytes(key));
  connection.transfer = undefined;
  connection.atMs = clock.ms;
  if (onHappening === undefined) return;
  const operation = operationOf(connection, transfer.kind, state);
  const bytesLeft = transfer.hadBytes + transfer.bytes - arrived;
  if (operation === undefined) return;
  const event = runner.eventOf(operation, file, key);
  onHappening({ kind: 'breaksOff', ms: clock.ms, event, bytesLeft, bytesLost: came - arrived });
}

/** What a connection does at a stage of its round. */
export function operationOf(
  { actor, actorName, remote }: Connection,
  stage: Stage,
  { network }: Pick<SimulationState, 'network'>,
): Operation | undefined {
  if (stage === 'dropHere') {
    return { kind: 'drop', actor, actorName, other: actor, otherName: actorName };
  }
  const other = network.find(remote);
  const kind = stage === 'dropThere' ? 'drop' : stage;
  return other === undefined ? undefined : { kind, actor, actorName, other, otherName: remote };
}
