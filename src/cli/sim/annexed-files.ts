import { readKeyFacts } from '../../gateway/index.ts';
import { parseKeyFile, serializeKey, type Key } from '../../key/index.ts';
import {
  needsOf,
  noSettings,
  wanted,
  type Configuration,
  type Item,
} from '../../placement/index.ts';
import {
  locationLogPath,
  ObjectTooLargeError,
  presentIn,
  readObjects,
  RepositorySizes,
  runGit,
  type AnnexBranch,
} from '../../repository/index.ts';
import type { UsedFile } from '../../simulation/index.ts';
import { decodeText, type Uuid } from '../../units/index.ts';

/** Which files are meant: those that a repository with this expression wants. */
export interface TreeQuestion {
  readonly uuid: Uuid;
  readonly expression: string;
}

/** Where they are looked for. */
export interface Tree {
  /** Files below it are meant, by names relative to it. */
  readonly directory: string;
  readonly branch: AnnexBranch;
  readonly configuration: Configuration;
}

/** Longest content of a file that can stand for a key: a link or a pointer. */
const pointerBytesMax = 32 * 1024;

/** The annexed files that match, in the order of git's index. */
export async function filesThatMatch(
  { uuid, expression }: TreeQuestion,
  tree: Tree,
): Promise<readonly UsedFile[]> {
  const { branch } = tree;
  const own = tree.configuration.repositories.get(uuid) ?? noSettings;
  const settings = { ...own, wanted: expression, required: undefined };
  const repositories = new Map(tree.configuration.repositories).set(uuid, settings);
  const configuration = { ...tree.configuration, repositories };
  const needs = needsOf([uuid], configuration);
  const sizes = RepositorySizes.unread(branch);
  if (needs.has('repositorySizes')) await sizes.refresh();
  const described = tree.configuration.repositories;
  const sizeBytes = (asked: Uuid): bigint | undefined =>
    sizes.sizeBytes(asked, described.has(asked));
  const found: UsedFile[] = [];
  for await (const { file, item } of annexedFiles(tree.directory)) {
    const locations = presentIn((await branch.read(locationLogPath(item.key))) ?? '');
    const facts = await readKeyFacts(item, needs, branch);
    const world = { configuration, locations: () => locations, sizeBytes, ...facts };
    if (wanted(uuid, item, world)) found.push({ file, key: item.keyText });
  }
  return found;
}

interface Annexed {
  /** Relative to the directory. */
  readonly file: string;
  /** With the name from the top of the repository, which expressions are about. */
  readonly item: Item;
}

async function* annexedFiles(directory: string): AsyncGenerator<Annexed> {
  const show = await runGit(['rev-parse', '--show-prefix'], { directory });
  const prefix = decodeText(show).replace(/\n$/, '');
  const listed = decodeText(await runGit(['ls-files', '-s', '-z'], { directory }));
  const entries = listed.split('\0').flatMap((line) => indexEntry(line) ?? []);
  const contents = readObjects(entries, {
    directory,
    nameOf: ({ sha }) => sha,
    bytesMax: pointerBytesMax,
  });
  for await (const { asked, answer } of contents) {
    if (answer === undefined || answer instanceof ObjectTooLargeError) continue;
    const key = keyIn(decodeText(answer.bytes), asked.isLink);
    if (key === undefined) continue;
    const item = { key, keyText: serializeKey(key), file: `${prefix}${asked.file}` };
    yield { file: asked.file, item };
  }
}

interface IndexEntry {
  readonly sha: string;
  readonly file: string;
  readonly isLink: boolean;
}

/** A line of `git ls-files -s`, when it is a link or an ordinary file. */
function indexEntry(line: string): IndexEntry | undefined {
  const [, mode, sha, file] = /^(\d+) ([0-9a-f]+) 0\t(.*)$/s.exec(line) ?? [];
  if (mode === undefined || sha === undefined || file === undefined) return undefined;
  return mode.startsWith('1') && mode !== '160000'
    ? { sha, file, isLink: mode === '120000' }
    : undefined;
}

/** The key that a link leads to, or that the first line of a pointer file names. */
function keyIn(content: string, isLink: boolean): Key | undefined {
  const [line = ''] = content.split('\n', 1);
  const marker = isLink ? /(?:^|\/)\.git\/annex\/objects\// : /^\/annex\/objects\//;
  return marker.test(line) ? parseKeyFile(line.slice(line.lastIndexOf('/') + 1)) : undefined;
}
