import { hashDirectoryMixed, keyFile, parseKey } from '../../../key/index.ts';
import {
  formatLocationLog,
  locationLogPath,
  metadataLogPath,
  runGit,
  setDescription,
  setGroupPreferredContent,
  setGroups,
  setMaxsize,
  setNumcopies,
  setPreferredContent,
  setTrust,
  machineClock,
  writeFirstCommit,
  stampOf,
  thisMachine,
  type BranchFile,
  type FirstFile,
  type Location,
  type TimeStamp,
} from '../../../repository/index.ts';
import type { SimulationWindow } from '../../../simulation/index.ts';
import { encodeText, type Uuid } from '../../../units/index.ts';

/** When all of it was said: the time of a simulation is none. */
const now: TimeStamp = stampOf(1000);

/** The repository format that git-annex shall find. */
const annexVersion = '10';

/**
 * Writes a git repository that says what a simulated one believes: its files, without contents, and on
 * the git-annex branch the locations by its own view, with everything that is configured.
 */
export async function writeSimulated(
  directory: string,
  name: string,
  world: SimulationWindow,
): Promise<void> {
  const init = ['init', '--quiet', '--initial-branch=main', '--object-format=sha1', '.'];
  await runGit(init, { directory });
  const known = world.repositories.find((one) => one.name === name || one.nodeNames.includes(name));
  const { configurations } = thisMachine;
  await configurations.set(directory, { name: 'annex.uuid', value: known?.uuid ?? '' });
  await configurations.set(directory, { name: 'annex.version', value: annexVersion });
  const message = 'what a simulation believes';
  const ref = 'refs/heads/git-annex';
  const note = { message, clock: machineClock };
  await writeFirstCommit(directory, { ...note, ref, files: branchFiles(name, world) });
  await writeFirstCommit(directory, { ...note, ref: 'refs/heads/main', files: links(world) });
  await runGit(['reset', '--quiet', '--hard'], { directory });
}

/** The annexed files, as links to contents that are not there. */
function* links(world: SimulationWindow): Generator<FirstFile> {
  for (const path of world.files()) {
    const key = parseKey(world.fileKey(path) ?? '');
    // Git takes no such names.
    if (key === undefined || !isTreeName(path)) continue;
    const up = '../../'.repeat(path.split('/').length - 1);
    const own = keyFile(key);
    const text = `${up}.git/annex/objects/${hashDirectoryMixed(key)}${own}/${own}`;
    yield { path, text, isLink: true };
  }
}

function isTreeName(path: string): boolean {
  return path.split('/').every((part) => !['', '.', '..', '.git'].includes(part.toLowerCase()));
}

function* branchFiles(name: string, world: SimulationWindow): Generator<BranchFile> {
  yield* settingFiles(world);
  for (const file of world.files()) {
    const key = parseKey(world.fileKey(file) ?? '');
    if (key === undefined) continue;
    const locations = new Map<Uuid, Location>();
    for (const { name: repository, uuid } of world.repositories) {
      if (!world.holds(file, { view: name, repository })) continue;
      locations.set(uuid, { status: '1', stamp: now });
    }
    yield { path: locationLogPath(key), text: formatLocationLog(locations) };
    const values = [...world.metadata(file)].flatMap(([field, all]) => fieldWords(field, all));
    if (values.length > 0) {
      yield { path: metadataLogPath(key), text: `1s ${values.join(' ')}\n` };
    }
  }
}

function fieldWords(field: string, values: ReadonlySet<string>): readonly string[] {
  if (values.size === 0) return [];
  return [field, ...[...values].map((value) => `+${metadataWord(value)}`)];
}

/** A value with white space, or one that looks like it, stands in base64. */
function metadataWord(value: string): string {
  if (value !== '' && !/\s|^!/.test(value)) return value;
  return `!${Buffer.from(encodeText(value)).toString('base64')}`;
}

/** White space is all one in an expression, and a log has it in a line. */
function oneLine(expression: string): string {
  return expression.replaceAll(/[\r\n]/g, ' ');
}

/** The logs of what is configured; those of which nothing is set are left out. */
function settingFiles(world: SimulationWindow): readonly BranchFile[] {
  const { repositories, groupwanted, numcopies, mincopies } = world;
  const texts = new Map<string, string>();
  const edit = (path: string, by: (old: string) => string): void => {
    texts.set(path, by(texts.get(path) ?? ''));
  };
  for (const { uuid, name, trust, groups, wanted, required, maxsizeBytes } of repositories) {
    const described = { subject: uuid, value: `simulated repository ${name}`, now };
    edit('uuid.log', (old) => setDescription(old, described));
    edit('trust.log', (old) => setTrust(old, { uuid, trust, now }));
    if (groups.length > 0) edit('group.log', (old) => setGroups(old, { uuid, groups, now }));
    for (const [path, value] of [
      ['preferred-content.log', wanted],
      ['required-content.log', required],
    ] as const) {
      if (value === undefined) continue;
      edit(path, (old) => setPreferredContent(old, { subject: uuid, value: oneLine(value), now }));
    }
    if (maxsizeBytes === undefined) continue;
    edit('maxsize.log', (old) => setMaxsize(old, { uuid, maxsizeBytes, now }));
  }
  for (const [subject, expression] of groupwanted) {
    const value = oneLine(expression);
    const path = 'group-preferred-content.log';
    edit(path, (old) => setGroupPreferredContent(old, { subject, value, now }));
  }
  edit('numcopies.log', (old) => setNumcopies(old, { copies: numcopies, now }));
  edit('mincopies.log', (old) => setNumcopies(old, { copies: mincopies, now }));
  return [...texts].map(([path, text]) => ({ path, text }));
}
