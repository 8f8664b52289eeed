/**
 * What `git annex find --want-get-by` says, by ballast: reads the repository in a directory and
 * prints the files that a question names, as JSON. Run by bench/language.ts.
 *
 *     node bench/language/answer.ts DIRECTORY QUESTION
 */
import { parseKeyFile, serializeKey } from '../../src/key/index.ts';
import { wanted, type Item, type World } from '../../src/placement/index.ts';
import {
  GitConfig,
  thisMachine,
  isLocationLogPath,
  keyOfLocationLog,
  presentIn,
  readConfiguration,
  readObjects,
  Repository,
  runGit,
} from '../../src/repository/index.ts';
import type { Uuid } from '../../src/units/index.ts';
import { questionNamed } from './questions.ts';

export interface Answered {
  readonly wantedFiles: readonly string[];
  readonly decisions: number;
  /** Of starting Node and loading ballast, from its TypeScript sources. */
  readonly startSeconds: number;
  readonly readSeconds: number;
  /** Of the decisions alone, in a process that has made none yet. */
  readonly decideSeconds: number;
}

const startSeconds = process.uptime();
const [directory = '.', name] = process.argv.slice(2);
const { repository } = questionNamed(name);
const opened = await Repository.open(directory);
const { branch } = opened;
const configuration = await readConfiguration(
  branch,
  await GitConfig.read(directory, thisMachine.configurations),
);
const heldBytes = new Map<Uuid, bigint>();
const locations = await readLocations();
const items = await readItems();
await branch.close();
const world: World = {
  configuration,
  locations: ({ keyText }) => locations.get(keyText) ?? [],
  // All of this annex are described, so none has an unknown size.
  sizeBytes: (uuid) => heldBytes.get(uuid) ?? 0n,
};
const readSeconds = process.uptime() - startSeconds;
const start = performance.now();
const chosen = items.filter((item) => wanted(repository, item, world));
const decideSeconds = (performance.now() - start) / 1000;
const answered: Answered = {
  wantedFiles: chosen.map(({ file }) => file ?? ''),
  decisions: items.length,
  startSeconds,
  readSeconds,
  decideSeconds,
};
process.stdout.write(JSON.stringify(answered));

/** Where each key is; sums up what everybody holds on the way. */
async function readLocations(): Promise<ReadonlyMap<string, readonly Uuid[]>> {
  const found = new Map<string, readonly Uuid[]>();
  const tip = await branch.tip();
  if (tip === undefined) throw new Error('there is no git-annex branch');
  for await (const { path, text } of branch.scan(tip, isLocationLogPath)) {
    const key = keyOfLocationLog(path);
    if (key === undefined) continue;
    const present = presentIn(text);
    found.set(serializeKey(key), present);
    for (const uuid of present) {
      heldBytes.set(uuid, (heldBytes.get(uuid) ?? 0n) + (key.sizeBytes ?? 0n));
    }
  }
  return found;
}

/** The annexed files of the index: links into `.git/annex/objects`. */
async function readItems(): Promise<readonly Item[]> {
  const listed = await runGit(['ls-files', '-s', '-z'], { directory });
  const links = listed
    .toString()
    .split('\0')
    .filter((line) => line.startsWith('120000 '));
  const found: Item[] = [];
  const targets = readObjects(links, { directory, nameOf: (line) => line.split(' ')[1] ?? '' });
  for await (const { asked, answer } of targets) {
    if (answer.kind !== 'object') throw new Error(`unreadable: ${asked}`);
    const target = Buffer.from(answer.object.bytes).toString();
    const key = parseKeyFile(target.slice(target.lastIndexOf('/') + 1));
    if (key === undefined) continue;
    found.push({ key, keyText: serializeKey(key), file: asked.slice(asked.indexOf('\t') + 1) });
  }
  return found;
}
