/** A simulation as text, so that it can be gone on with in another run of a program. */
import type { Play } from '../play/play.ts';
import type { Views } from '../world/views.ts';
import { savedTime } from './save-time.ts';

/** Stands in every saved simulation; another number is another format. */
export const savedFormat = 'ballast simulation 1';

/** Whether a text is a saved simulation, by its beginning: in any format, and whole or not. */
export function isSavedText(text: string): boolean {
  return text.startsWith('{"format":"ballast simulation ');
}

/** What a simulation has besides its parts. */
export interface Progress {
  readonly isBegun: boolean;
  readonly hasFailed: boolean;
  readonly scheduler: string;
}

/** One line of JSON. Columns of views are kept as runs of equal cells. */
export function savedText(play: Play, progress: Progress): string {
  const { network, contents, views, evaluator, history, randomness, clock } = play;
  const files = Array.from({ length: contents.fileNumbers }, (_, file) => file);
  const keys = Array.from({ length: contents.keyCount }, (_, key) => key);
  const { names, commands, entries } = history.save();
  return JSON.stringify({
    format: savedFormat,
    ...progress,
    seed: String(randomness.seed),
    clock: clock.now,
    oddities: Object.entries(play.oddities).flatMap(([name, isOn]) => (isOn ? [name] : [])),
    dialect: play.dialect.version,
    position: play.chooser?.position ?? 0,
    moves: Object.fromEntries(play.chooser?.moves ?? []),
    repositories: network.repositories.map((repository) => ({
      uuid: repository.uuid,
      name: repository.name,
      isSpecialRemote: repository.isSpecialRemote,
      remotes: [...repository.remotes],
      trust: repository.trust,
      groups: [...repository.groups],
      wanted: repository.wanted ?? null,
      required: repository.required ?? null,
      maxsize: textOf(repository.maxsizeBytes),
    })),
    names: Object.fromEntries(network.names),
    nodes: Object.fromEntries(network.nodes),
    groupwanted: Object.fromEntries(network.groupwanted),
    numcopies: network.numcopies,
    mincopies: network.mincopies,
    rebalance: network.rebalance,
    keys: keys.map((key) => savedKey(play, key)),
    metadata: [...contents.metadata.keys].map(([key, fields]) => ({
      key,
      fields: Object.fromEntries([...fields].map(([field, values]) => [field, [...values]])),
    })),
    files: files.map((file) => contents.fileName(file)),
    fileKeys: files.map((file) => contents.keyOf(file)),
    views: network.repositories.map((_, view) => savedView(views, view, contents.keyCount)),
    tables: network.repositories.map((_, here) => evaluator.table(here).save()),
    trustSeen: evaluator.trustSeen.save(),
    time: savedTime(play),
    history: { names, commands, entries: Array.from(entries) },
  });
}

/** The text of a real key; the size and the seed of one that is made up. */
function savedKey({ contents }: Play, key: number): string | readonly [string, number, number] {
  const seed = contents.seedOf(key);
  if (seed === undefined) return contents.keyText(key);
  return [String(contents.bytes(key)), seed.high, seed.low];
}

function savedView(views: Views, view: number, keyCount: number) {
  const repositories = Array.from({ length: views.count }, (_, repository) => repository);
  return {
    columns: repositories.map((repository) => runsOf(views, view, repository, keyCount)),
    live: repositories.map((repository) => textOf(views.liveBytes(view, repository))),
  };
}

/** A cell and how often it stands there, and so on. */
function runsOf(views: Views, view: number, repository: number, keyCount: number): number[] {
  const runs: number[] = [];
  for (let key = 0; key < keyCount; ) {
    const cell = views.cell(view, repository, key);
    let end = key + 1;
    while (end < keyCount && views.cell(view, repository, end) === cell) end += 1;
    runs.push(cell, end - key);
    key = end;
  }
  return runs.length === 2 && runs[0] === 0 ? [] : runs;
}

function textOf(bytes: bigint | undefined): string | null {
  return bytes === undefined ? null : String(bytes);
}
