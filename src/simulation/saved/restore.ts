import type { LoggedCommand } from '../acts/history.ts';
import { parseCommand, parseSimulation } from '../commands/parse.ts';
import type { Play } from '../play/play.ts';
import type { Saved } from './read.ts';
import { restoreTime } from './restore-time.ts';

/** Puts what was saved into a simulation that is empty; whether all of it could be read. */
export function restore(saved: Saved, play: Play): boolean {
  const { network, contents, views, evaluator, clock, randomness, chooser } = play;
  randomness.seed = saved.seed;
  clock.now = saved.clock;
  for (const own of saved.repositories) {
    views.add();
    const number = network.add(own.name, own.uuid, own);
    for (const remote of own.remotes) network.repository(number).remotes.add(remote);
  }
  network.names.clear();
  for (const [name, number] of saved.names) network.names.set(name, number);
  for (const [name, number] of saved.nodes) network.nodes.set(name, number);
  for (const [group, text] of saved.groupwanted) network.groupwanted.set(group, text);
  network.numcopies = saved.numcopies;
  network.mincopies = saved.mincopies;
  network.rebalance = saved.rebalance;
  for (const { key, fields } of saved.metadata) {
    const values = [...fields].map(([field, each]) => [field, new Set(each)] as const);
    network.metadata.set(key, new Map(values));
  }
  network.changed();
  for (const own of saved.keys) {
    if (typeof own !== 'string') contents.makeKey(own.sizeBytes, own);
    else if (contents.useKey(own) === undefined) return false;
  }
  const removed = new Set(saved.time?.removed);
  for (const [file, name] of saved.files.entries()) {
    contents.setFile(name, saved.fileKeys[file] ?? 0);
    if (removed.has(file)) contents.removeFile(file);
  }
  restoreViews(saved, play);
  for (const [here, table] of saved.tables.entries()) evaluator.table(here).restore(table);
  evaluator.trustSeen.restore(saved.trustSeen);
  if (!saved.history.commands.every(isReadable)) return false;
  play.history.restore(saved.history);
  if (chooser !== undefined) {
    chooser.position = saved.position;
    for (const [name, count] of saved.moves) chooser.moves.set(name, count);
  }
  return saved.time === undefined || restoreTime(saved.time, play);
}

/** Whether a command that was saved can be read. */
function isReadable(saved: LoggedCommand): boolean {
  if (typeof saved !== 'string') return parseCommand(saved).kind === 'command';
  const parsed = parseSimulation(`${saved}\n`);
  return parsed.kind === 'simulation' && parsed.lines.length > 0;
}

function restoreViews({ views: saved }: Saved, { views }: Play): void {
  for (const [view, { columns, live }] of saved.entries()) {
    for (const [repository, runs] of columns.entries()) {
      let key = 0;
      for (let index = 0; index + 1 < runs.length; index += 2) {
        const cell = runs[index] ?? 0;
        for (const end = key + (runs[index + 1] ?? 0); key < end; key += 1) {
          if (cell !== 0) views.restore(view, repository, key, cell);
        }
      }
    }
    for (const [repository, bytes] of live.entries()) {
      if (repository < views.count) views.restoreLive(view, repository, bytes);
    }
  }
}
