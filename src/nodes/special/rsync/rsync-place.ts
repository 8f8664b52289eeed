import { resolve } from 'node:path';
import type { RemoteSettings } from '../settings/kinds.ts';
import { unusableOption } from './rsync-options.ts';

/** Where an rsync remote is, and how rsync is called for it. */
export interface RsyncPlace {
  /** As rsync is given it: a path, `host:path` or `rsync://host/module/path`, without a slash at its end. */
  readonly url: string;
  /** A shell on a host is between rsync and the files. */
  readonly isShell: boolean;
  /** Whether the shell at the other end takes the path apart, unless it is quoted: `shellescape`. */
  readonly isShellEscaped: boolean;
  /** What stands in each call: `annex-rsync-options`, and the way to the host. */
  readonly words: readonly string[];
  /** `annex-rsync-upload-options`. */
  readonly uploadWords: readonly string[];
  /** `annex-rsync-download-options`. */
  readonly downloadWords: readonly string[];
}

/** What the settings say; or the end of a sentence about the remote that says why it is not used. */
export type ReadRsyncPlace =
  | { readonly kind: 'place'; readonly place: RsyncPlace }
  | { readonly kind: 'problem'; readonly why: string };

/** Nobody is there to be asked for a password. */
const sshWords = ['-o', 'BatchMode=yes'];

/**
 * Reads the settings of a `type=rsync` remote (spec/special-remotes.md section 6.1). Where it is, git config
 * says, which no push changes.
 *
 * @param values what remote.log has of it.
 * @param directory what a relative path starts from.
 */
export function readRsyncPlace(
  remote: string,
  config: RemoteSettings,
  {
    values,
    directory,
  }: { readonly values: ReadonlyMap<string, string>; readonly directory: string },
): ReadRsyncPlace {
  const setting = (name: string): string => config.get(`remote.${remote}.${name}`) ?? '';
  const words = (name: string): readonly string[] => setting(name).split(/\s+/).filter(Boolean);
  const url = setting('annex-rsyncurl').replace(/(?<=[^/:])\/+$/, '');
  if (url === '') return problem('has an annex-rsyncurl that is empty');
  if (url.startsWith('-')) return problem('has an annex-rsyncurl that begins with "-"');
  for (const name of optionSettings) {
    const option = unusableOption(words(name));
    if (option !== undefined) return problem(`has ${name} with ${option}, which is not used here`);
  }
  const way = wayOf(url);
  const [transport = 'ssh', ...transportWords] = words('annex-rsync-transport');
  if (way === 'shell' && transport !== 'ssh' && transport !== 'rsh') {
    return problem(`has annex-rsync-transport=${transport}, which is neither ssh nor rsh`);
  }
  const own = transport === 'ssh' ? [...sshWords, ...words('annex-ssh-options')] : [];
  const shell = [transport, ...own, ...transportWords, ...(transport === 'ssh' ? ['-T'] : [])];
  const shellWords = way === 'shell' ? ['-e', shell.map(quoted).join(' ')] : [];
  return {
    kind: 'place',
    place: {
      url: way === 'path' ? resolve(directory, url) : url,
      isShell: way === 'shell',
      isShellEscaped: way === 'shell' && values.get('shellescape') !== 'no',
      words: [...words('annex-rsync-options'), ...shellWords],
      uploadWords: words('annex-rsync-upload-options'),
      downloadWords: words('annex-rsync-download-options'),
    },
  };
}

const optionSettings = [
  'annex-rsync-options',
  'annex-rsync-upload-options',
  'annex-rsync-download-options',
] as const;

function problem(why: string): ReadRsyncPlace {
  return { kind: 'problem', why };
}

/** As rsync tells them apart: a colon that comes before any slash ends the name of a host. */
function wayOf(url: string): 'path' | 'shell' | 'daemon' {
  if (url.startsWith('rsync://')) return 'daemon';
  const host = /^(?:[^/:@]*@)?(?:\[[^/\]]*\]|[^/:]*):(:?)/.exec(url);
  if (host === null) return 'path';
  return host[1] === ':' ? 'daemon' : 'shell';
}

/** rsync takes its `-e` apart at blanks that are not in quotes; a quote in quotes is written twice. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", "''")}'`;
}

/** A path as a shell reads it as one word, where rsync itself does not see to that. */
export function shellQuoted(url: string): string {
  const colon = url.indexOf(':', url.lastIndexOf(']') + 1) + 1;
  const path = url.slice(colon);
  if (/^[\w./@%+=~,-]*$/.test(path)) return url;
  return `${url.slice(0, colon)}'${path.replaceAll("'", String.raw`'\''`)}'`;
}
