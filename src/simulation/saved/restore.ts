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
    for (const remote of own.remotes) network.addRemote(number, remote);
  }
  network.setNames(saved.names);
  for (const [name, number] of saved.nodes) network.setNode(name, number);
  for (const [group, text] of saved.groupwanted) network.setGroupwanted(group, text);
  const { numcopies, mincopies, rebalance } = saved;
  network.configureAll({ numcopies, mincopies, rebalance });
  for (const { key, fields } of saved.metadata) {
    for (const [field, values] of fields) contents.metadata.set(key, field, values);
  }
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
  if (!play.history.restore(saved.history)) return false;
  if (chooser !== undefined) {
    chooser.position = saved.position;
    for (const [name, count] of saved.moves) chooser.moves.set(name, count);
  }
  return saved.time === undefined || restoreTime(saved.time, play);
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
