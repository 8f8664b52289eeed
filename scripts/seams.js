// What a program knows of the machine it runs on comes to it by seams (src/repository/system.ts), so that an
// imagined machine can stand in its place. Here is what must not be reached for by any other way, and
// the few files that may: the seams themselves, and faces that no simulation runs.
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * @typedef {'time' | 'chance' | 'files' | 'programs' | 'git'} Kind
 * @typedef {{ readonly path: string, readonly may: readonly Kind[], readonly why: string }} Seam
 */

/** @param {string} names as a source writes them after `from` or in `import()` */
const module_ = (names) =>
  String.raw`(?:from|import|import\(|require\()\s*['"](?:node:)?(?:${names})['"]`;

/** @type {readonly { readonly kind: Kind, readonly pattern: RegExp, readonly instead: string }[]} */
const kinds = [
  {
    kind: 'time',
    pattern: new RegExp(
      [
        String.raw`\bDate\.now\b`,
        String.raw`\bnew Date\(\s*\)|\bnew Date\b(?!\s*\()|(?<![.\w]|new )Date\(`,
        String.raw`\bperformance\.(?:now|timeOrigin)\b`,
        String.raw`\bprocess\.hrtime\b|\buptime\b`,
        String.raw`(?<![.\w#])(?:set|clear)(?:Timeout|Interval|Immediate)\b|\bglobalThis\.set`,
        String.raw`\bAbortSignal\.timeout\b`,
        module_('timers|timers/promises|perf_hooks'),
      ].join('|'),
    ),
    instead: 'take a Clock',
  },
  {
    kind: 'chance',
    pattern:
      /\b(?:randomUUID|randomBytes|randomInt|randomFill\w*|getRandomValues)\b|\bMath\.random\b/,
    instead: 'take a Clock, which gives ids too',
  },
  {
    kind: 'files',
    pattern: new RegExp(module_('fs|fs/promises')),
    instead: 'take a Disk',
  },
  {
    kind: 'programs',
    pattern: new RegExp(module_('child_process|worker_threads|cluster')),
    instead: 'ask git by a seam of System',
  },
  {
    // Who is handed a git that another file has started may use it.
    kind: 'git',
    pattern: /\b(?:(?:run|stream|find)Git|readObject(?:s|Batches)|new (?:GitChild|CatFile))\b/,
    instead: 'take Commits, Configurations or GitPlaces',
  },
];

const wire =
  'passes on what git itself and a client say to each other, which is no question of ours';
const named = 'reads or writes what its user names on the command line';

/** Who may, and why. @type {readonly Seam[]} */
export const seams = [
  {
    path: 'src/repository/clock/machine-clock.ts',
    may: ['time', 'chance'],
    why: 'is the clock of this machine',
  },
  {
    path: 'src/repository/files/system-calls.ts',
    may: ['files'],
    why: 'is every call to a disk of this machine',
  },
  {
    path: 'src/repository/leftovers/processes.ts',
    may: ['files', 'time'],
    why: 'is the look at the processes of this machine, which are on no disk',
  },
  {
    path: 'src/repository/git/git-child.ts',
    may: ['programs', 'time'],
    why: 'is the git of this machine; its clock bounds the end of a real process',
  },
  {
    path: 'src/repository/git/git.ts',
    may: ['programs', 'git'],
    why: 'finds the git of this machine, and runs it',
  },
  { path: 'src/repository/git/cat-file.ts', may: ['git'], why: 'reads objects for Commits' },
  { path: 'src/repository/git/read-objects.ts', may: ['git'], why: 'reads objects for Commits' },
  { path: 'src/repository/git/git-places.ts', may: ['git'], why: 'is what git says of places' },
  { path: 'src/repository/git/attributes.ts', may: ['git'], why: 'is what git says of a file' },
  { path: 'src/repository/branch/git-commits.ts', may: ['git'], why: 'is the commits of git' },
  {
    path: 'src/repository/branch/commit-writer.ts',
    may: ['git'],
    why: 'writes commits for Commits',
  },
  {
    path: 'src/repository/config/git-configurations.ts',
    may: ['git'],
    why: 'is the configurations of git',
  },
  {
    path: 'src/repository/index.ts',
    may: ['git'],
    why: 'is the door for those who are named below',
  },
  {
    path: 'src/repository/create-repository.ts',
    may: ['git'],
    why: 'makes a repository that is one of git, for faces: no gateway makes one',
  },
  {
    path: 'src/repository/git/annexed-files.ts',
    may: ['git'],
    why: 'reads the files of a real annex, for faces',
  },
  {
    path: 'src/annex/annex.ts',
    may: ['git'],
    why: 'reads a real annex for faces; asks where in a work tree its user is',
  },
  { path: 'src/gateway/http/git/git-http.ts', may: ['git'], why: wire },
  { path: 'src/gateway/line/git-service.ts', may: ['git'], why: wire },
  { path: 'src/gateway/line/receive-push.ts', may: ['git'], why: wire },
  {
    path: 'src/nodes/peer/http/credentials.ts',
    may: ['git'],
    why: "asks the user's credential helpers, which stand beside the sockets of a peer's connection",
  },
  {
    path: 'src/cli/sim/outside/simulated-repository.ts',
    may: ['git'],
    why: 'makes a repository of git for a program of its user',
  },
  {
    path: 'src/nodes/peer/line/line-command.ts',
    may: ['programs', 'time'],
    why: 'is the ssh of this machine; its clock bounds the end of a real process',
  },
  {
    path: 'src/nodes/special/cipher/gpg-child.ts',
    may: ['programs'],
    why: 'is the gpg of this machine',
  },
  {
    path: 'src/nodes/special/external/program-child.ts',
    may: ['programs'],
    why: 'is the programs of special remotes on this machine',
  },
  {
    path: 'src/nodes/special/rsync/rsync-child.ts',
    may: ['programs'],
    why: 'is the rsync of this machine',
  },
  {
    path: 'src/gateway/line/ref-watch.ts',
    may: ['files'],
    why: 'is told of changed refs by the system; without it they are looked at now and then',
  },
  {
    path: 'src/gateway/http/answer.ts',
    may: ['time'],
    why: 'is a face: answers of one turn of the event loop leave together, whatever the time',
  },
  {
    path: 'src/gateway/http/annex-api.ts',
    may: ['time'],
    why: 'is a face: it goes on with a socket in the next turn of the event loop',
  },
  {
    path: 'src/ballast.ts',
    may: ['files', 'programs'],
    why: 'is the program itself, before anything is loaded',
  },
  { path: 'src/cli/main.ts', may: ['files'], why: 'reads the package that it is of' },
  { path: 'src/cli/log-file.ts', may: ['files'], why: named },
  {
    path: 'src/cli/verbs/shell.ts',
    may: ['programs'],
    why: "becomes the git that ssh's client asks for",
  },
  { path: 'src/cli/stdio/find-repository.ts', may: ['files'], why: named },
  { path: 'src/cli/serving/open-served.ts', may: ['files'], why: named },
  { path: 'src/cli/serving/tls-files.ts', may: ['files'], why: named },
  { path: 'src/cli/serving/unix-socket.ts', may: ['files'], why: named },
  { path: 'src/cli/serving/web-options.ts', may: ['files'], why: named },
  { path: 'src/cli/words/read-text.ts', may: ['files'], why: named },
  { path: 'src/cli/words/lines.ts', may: ['files'], why: named },
  { path: 'src/cli/demo/find-demo.ts', may: ['files'], why: 'looks for the demo' },
  { path: 'src/cli/demo/make-demo.ts', may: ['files'], why: 'makes the demo' },
  { path: 'src/cli/sim/files/bounded-file.ts', may: ['files'], why: named },
  { path: 'src/cli/sim/import/import.ts', may: ['files'], why: named },
  { path: 'src/cli/sim/files/log-saving.ts', may: ['files'], why: named },
  { path: 'src/cli/sim/run.ts', may: ['files'], why: named },
  { path: 'src/cli/sim/files/state-file.ts', may: ['files'], why: named },
  {
    path: 'src/cli/sim/files/state-lock.ts',
    may: ['files'],
    why: 'says in the lock of a state file who has it',
  },
  {
    path: 'src/cli/sim/outside/visit.ts',
    may: ['files', 'programs'],
    why: 'starts a program of its user in a repository made for it',
  },
];

/**
 * Whatever in src/ reaches past the seams, a line each; and each permission that is not used.
 * @param {string} root
 * @returns {Promise<string[]>}
 */
export async function beyondSeams(root) {
  const names = await readdir(join(root, 'src'), { recursive: true }).catch(() => []);
  const paths = names.filter((name) => name.endsWith('.ts')).map((name) => `src/${name}`);
  const found = paths.sort().map(async (path) => {
    const lines = withoutComments(await readFile(join(root, path), 'utf8')).split('\n');
    return beyondIn(path, lines);
  });
  return (await Promise.all(found)).flat();
}

/**
 * @param {string} path
 * @param {readonly string[]} lines
 * @returns {string[]}
 */
function beyondIn(path, lines) {
  const may = seams.find((seam) => seam.path === path)?.may ?? [];
  const found = [];
  const used = new Set();
  for (const { kind, pattern, instead } of kinds) {
    for (const [index, line] of lines.entries()) {
      const match = pattern.exec(line);
      if (match === null) continue;
      used.add(kind);
      if (may.includes(kind)) continue;
      found.push(`${path}:${index + 1} has ${match[0].trim()} and is no seam; ${instead}`);
    }
  }
  const unused = may.filter((kind) => !used.has(kind));
  return [
    ...found,
    ...unused.map((kind) => `${path} may have ${kind} by scripts/seams.js, in vain`),
  ];
}

/**
 * The same lines, comments blank: they may speak of all of it.
 * @param {string} text
 * @returns {string}
 */
function withoutComments(text) {
  return text
    .replace(/^\s*\/\*[\s\S]*?\*\//gm, (comment) => comment.replace(/[^\n]/g, ''))
    .replace(/(?<=^|\s)\/\/.*$/gm, '');
}
