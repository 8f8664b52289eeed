import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  equivalentKeysLogPath,
  locationLogPath,
  metadataLogPath,
  urlLogPath,
} from '../../src/repository/index.ts';
import type { Uuid } from '../../src/units/index.ts';
import { git, gitEnvironment } from './git-annex.ts';
import { keyOf } from './keys-and-contents.ts';
import { imaginaryUuid, uuidOf } from './presence.ts';
import { temporaryDirectory } from './temporary-directory.ts';

/** A repository of an annex that is made up. */
export interface ImportedRepository {
  readonly wanted?: string;
  readonly required?: string;
  readonly groups?: readonly string[];
  readonly trust?: 'trusted' | 'untrusted' | 'dead';
  readonly maxsizeBytes?: number;
}

/** A key of it: its files, and the names of who has it. */
export interface ImportedContent {
  readonly key: string;
  readonly files?: readonly string[];
  readonly at?: readonly string[];
  readonly tag?: string;
  readonly url?: string;
  readonly equivalentKey?: string;
  /** Its location log is still in the journal. */
  readonly isJournalled?: boolean;
  /** Without a location log: a file of a key that nothing is known of. */
  readonly isUnlogged?: boolean;
}

/** An annex in few words. Its first repository is the one that it is looked at in. */
export interface ImportedAnnex {
  readonly repositories: Readonly<Record<string, ImportedRepository>>;
  readonly clusters?: Readonly<Record<string, readonly string[]>>;
  readonly contents: readonly ImportedContent[];
  readonly groupwanted?: Readonly<Record<string, string>>;
  readonly numcopies?: number;
  readonly gitattributes?: string;
  readonly isBare?: boolean;
}

/** What was made. */
export interface MadeAnnex {
  readonly directory: string;
  readonly uuidOf: (name: string) => Uuid;
}

const stamp = '1700000000s';

/** Makes the annex by git alone: its git-annex branch, and a commit with the files. */
export function importedAnnex(annex: ImportedAnnex): MadeAnnex {
  const directory = join(temporaryDirectory(), 'annex');
  const { isBare = false, gitattributes } = annex;
  const names = Object.keys(annex.repositories);
  const uuids = new Map(names.map((name, place) => [name, imaginaryUuid(place + 1)]));
  for (const [place, name] of Object.keys(annex.clusters ?? {}).entries()) {
    uuids.set(name, uuidOf(`ac${place}05ac5-d1e7-852c-a284-af955a1e255e`));
  }
  const find = (name: string): Uuid => {
    const uuid = uuids.get(name);
    if (uuid === undefined) throw new Error(`there is no ${name}`);
    return uuid;
  };
  git('.', 'init', '-q', '-b', 'main', ...(isBare ? ['--bare'] : []), directory);
  git(directory, 'config', 'annex.uuid', find(names[0] ?? ''));
  git(directory, 'config', 'annex.version', '10');
  const input = [...imported(annex, find), 'done\n'].join('');
  execFileSync('git', ['-C', directory, 'fast-import', '--quiet'], { env: gitEnvironment, input });
  if (gitattributes !== undefined) writeFileSync(join(directory, '.gitattributes'), gitattributes);
  const journal = join(directory, isBare ? '' : '.git', 'annex', 'journal');
  mkdirSync(journal, { recursive: true });
  for (const content of annex.contents) {
    if (content.isJournalled !== true) continue;
    const path = locationLogPath(keyOf(content.key));
    writeFileSync(
      join(journal, path.replaceAll('_', '__').replaceAll('/', '_')),
      log(content, find),
    );
  }
  return { directory, uuidOf: find };
}

function* imported(annex: ImportedAnnex, find: (name: string) => Uuid): Generator<string> {
  yield 'commit refs/heads/main\ncommitter b <b@example.org> 1700000000 +0000\ndata 0\n';
  for (const { key, files = [] } of annex.contents) {
    const target = `.git/annex/objects/00/00/${key}/${key}`;
    for (const file of files) yield `M 120000 inline ${file}\n${data(target)}`;
  }
  yield 'commit refs/heads/git-annex\ncommitter b <b@example.org> 1700000000 +0000\ndata 0\n';
  for (const [path, text] of [...settings(annex, find), ...logs(annex, find)]) {
    if (text !== '') yield `M 100644 inline ${path}\n${data(text)}`;
  }
}

function settings(annex: ImportedAnnex, find: (name: string) => Uuid): readonly [string, string][] {
  const { clusters = {}, groupwanted = {}, numcopies } = annex;
  const repositories = Object.entries(annex.repositories);
  const perUuid = (value: (each: ImportedRepository) => string | undefined): string =>
    repositories
      .map(([name, each]) => [find(name), value(each)] as const)
      .map(([uuid, text]) => (text === undefined ? '' : `${uuid} ${text} timestamp=${stamp}\n`))
      .join('');
  const stamped = (texts: readonly string[]): string =>
    texts.map((text) => `${stamp} ${text}\n`).join('');
  const marks = { trusted: '1', untrusted: '0', dead: 'X' };
  const described = [...repositories.map(([name]) => name), ...Object.keys(clusters)];
  return [
    ['uuid.log', described.map((name) => `${find(name)} ${name} timestamp=${stamp}\n`).join('')],
    ['preferred-content.log', perUuid(({ wanted }) => wanted)],
    ['required-content.log', perUuid(({ required }) => required)],
    ['group.log', perUuid(({ groups }) => groups?.join(' '))],
    ['trust.log', perUuid(({ trust }) => trust && marks[trust])],
    [
      'maxsize.log',
      stamped(
        repositories.flatMap(([name, { maxsizeBytes }]) =>
          maxsizeBytes === undefined ? [] : [`${find(name)} ${maxsizeBytes}`],
        ),
      ),
    ],
    [
      'cluster.log',
      stamped(
        Object.entries(clusters).map(([name, nodes]) => [name, ...nodes].map(find).join(' ')),
      ),
    ],
    [
      'group-preferred-content.log',
      stamped(Object.entries(groupwanted).map(([group, text]) => `${group} ${text}`)),
    ],
    ['numcopies.log', stamped(numcopies === undefined ? [] : [String(numcopies)])],
  ];
}

function logs(annex: ImportedAnnex, find: (name: string) => Uuid): readonly [string, string][] {
  return annex.contents
    .flatMap((content) => {
      const { key: text, tag, url, equivalentKey, isJournalled, isUnlogged } = content;
      const key = keyOf(text);
      const isThere = isJournalled !== true && isUnlogged !== true;
      return [
        [locationLogPath(key), isThere ? log(content, find) : ''],
        [metadataLogPath(key), tag === undefined ? '' : `${stamp} tag +${tag}\n`],
        [urlLogPath(key), url === undefined ? '' : `${stamp} 1 ${url}\n`],
        [
          equivalentKeysLogPath(key),
          equivalentKey === undefined ? '' : `${stamp} 1 ${equivalentKey}\n`,
        ],
      ] as const;
    })
    .map(([path, text]) => [path, text]);
}

function log({ at = [] }: ImportedContent, find: (name: string) => Uuid): string {
  // One line at least, since a log without one is no file.
  const held = at.map((name) => `${stamp} 1 ${find(name)}\n`);
  return held.length > 0 ? held.join('') : `${stamp} 0 ${imaginaryUuid(9)}\n`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}
