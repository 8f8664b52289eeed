import { parseCommand } from '../commands/parse.ts';
import type { Play } from '../play/play.ts';
import { Rounds } from '../time/rounds.ts';
import { targetOf } from '../transfers/transfer.ts';
import type { SavedConnection, SavedTime } from './read-time.ts';

/** Puts the time back, and what goes on in it; to be called last. Whether all of it could be read. */
export function restoreTime(saved: SavedTime, play: Play): boolean {
  const { clock, clockwork, network, disks } = play;
  clock.ms = saved.ms;
  clockwork.syncEveryMs = saved.syncEveryMs;
  clockwork.startedMs = saved.startedMs;
  clockwork.lastDeedMs = saved.lastDeedMs;
  for (const [node, gateway] of saved.gateways) network.gateways.set(node, gateway);
  for (const repository of saved.down) network.reach.setDown(repository, true);
  for (const sides of saved.partitions) network.reach.part(sides);
  network.reachChanged();
  for (const { repository, bytes } of saved.disks) disks.sizes.set(repository, bytes);
  for (const { from, to, speed } of saved.speeds) clockwork.speeds.set(from, to, speed);
  for (const { words, count, atMs } of saved.streams) {
    const parsed = parseCommand(words);
    if (parsed.kind !== 'command' || parsed.command.kind !== 'arrivals') return false;
    const arrivals = parsed.command;
    clockwork.streams.set(arrivals.suffix, { arrivals, count, atMs });
  }
  for (const outages of saved.outages) clockwork.outages.set(outages.repository, { ...outages });
  for (const [place, bytes] of saved.partials) clockwork.partials.set(place, bytes);
  const changes = new Rounds(play).changes();
  for (const connection of saved.connections) restoreConnection(connection, changes, play);
  return true;
}

function restoreConnection(
  { isUpToDate, atMs, ...saved }: SavedConnection,
  changes: number,
  { clockwork, disks, contents }: Play,
): void {
  const { actorName, remote, transfer } = saved;
  clockwork.connections.set(`${actorName} ${remote}`, {
    ...saved,
    atMs: atMs ?? Number.POSITIVE_INFINITY,
    seen: isUpToDate ? changes : -1,
    search: undefined,
    memories: [],
  });
  if (transfer !== undefined) disks.expect(targetOf(transfer), contents.bytes(transfer.key));
}
