import type { Uuid } from '../../../units/index.ts';
import type { LineCommand } from './line-command.ts';

/** Where a repository is that ssh leads to. */
export interface SshPlace {
  /** `host` or `user@host`, as ssh takes it. */
  readonly host: string;
  readonly port: number | undefined;
  /** The repository's directory there; `/~/` stands for the home directory. */
  readonly directory: string;
}

/**
 * Reads `ssh://[USER@]HOST[:PORT]/PATH`, `git+ssh://…`, `ssh+git://…` or `[USER@]HOST:PATH`, as git
 * tells them from local paths; `undefined` when it is none, or could be taken for an option of ssh.
 */
export function parseSshUrl(text: string): SshPlace | undefined {
  const place = /^(?:ssh|git\+ssh|ssh\+git):\/\//i.test(text) ? fromUrl(text) : fromShort(text);
  if (place === undefined || /[\0\n]/.test(place.host + place.directory)) return undefined;
  // `-oProxyCommand=…` as a host would be a command to run here.
  return place.host.startsWith('-') || place.host === '' ? undefined : place;
}

function fromUrl(text: string): SshPlace | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  try {
    const user = url.username === '' ? '' : `${decodeURIComponent(url.username)}@`;
    const host = decodeURIComponent(url.hostname.replace(/^\[(.*)\]$/, '$1'));
    return {
      host: host === '' ? '' : `${user}${host}`,
      port: url.port === '' ? undefined : Number(url.port),
      directory: decodeURIComponent(url.pathname),
    };
  } catch {
    return undefined; // an escape that is none
  }
}

/**
 * A colon before the first slash names a host; with two slashes after it, it is a url of another
 * kind.
 */
function fromShort(text: string): SshPlace | undefined {
  const [, host = '', path = ''] = /^([^/:]+|(?:[^/@]+@)?\[[^\]/]+\]):(.*)$/s.exec(text) ?? [];
  if (host === '' || path === '' || path.startsWith('//')) return undefined;
  const directory = path.startsWith('/') ? path : `/~/${path.replace(/^~\//, '')}`;
  return { host: host.replace(/\[(.*)\]$/, '$1'), port: undefined, directory };
}

/** How ssh is run. */
export interface SshOptions {
  /** Words put before the host: what `remote.NAME.annex-ssh-options` holds. */
  readonly words?: readonly string[];
  /** A command for the shell in place of `ssh`: what GIT_SSH_COMMAND or core.sshCommand holds. */
  readonly command?: string;
  /** The program there. Default: `git-annex-shell`. */
  readonly shell?: string;
  /** Whether ssh may ask somebody for a password. Default: false. */
  readonly isInteractive?: boolean;
}

/** Lets a silent session end a minute after its network did: a lock would never tell otherwise. */
const alive = ['-o', 'ServerAliveInterval=20', '-o', 'ServerAliveCountMax=3'];

/** The command by which the real client opens a session (spec/p2p-line.md section 1). */
export function sshCommand(
  place: SshPlace,
  names: { readonly server: Uuid; readonly client: Uuid },
  options: SshOptions = {},
): LineCommand {
  const { words = [], command, shell = 'git-annex-shell', isInteractive = false } = options;
  const remote = [
    shell,
    shellQuoted('p2pstdio'),
    shellQuoted(place.directory),
    shellQuoted(names.client),
    '--uuid',
    plainOrQuoted(names.server),
  ].join(' ');
  const port = place.port === undefined ? [] : ['-p', String(place.port)];
  const last = [...words, ...port, place.host, remote];
  if (command === undefined) {
    // A prompt that nobody sees would wait for ever.
    const quiet = isInteractive ? [] : ['-o', 'BatchMode=yes'];
    return { program: 'ssh', words: [...quiet, ...alive, '-T', ...last] };
  }
  // As git does it: the shell reads the command, and the words come as they are.
  return { program: 'sh', words: ['-c', `${command} "$@"`, 'sh', ...last] };
}

/** One word for a POSIX shell, whatever it holds. */
function shellQuoted(word: string): string {
  return `'${word.replaceAll("'", String.raw`'\''`)}'`;
}

/** As the real client writes a UUID. */
function plainOrQuoted(word: string): string {
  return /^[\w-]+$/.test(word) ? word : shellQuoted(word);
}

/**
 * Words as a shell tells them apart: blanks between them, quotes of both kinds, backslashes;
 * nothing is expanded. For `annex-ssh-options`.
 */
export function splitCommand(text: string): string[] {
  const words: string[] = [];
  for (const [found] of text.matchAll(/(?:'[^']*'|"(?:\\.|[^"\\])*"|\\.|[^\s'"\\]|['"\\])+/gs)) {
    words.push(
      found.replaceAll(
        /'([^']*)'|"((?:\\.|[^"\\])*)"|\\(.)/gs,
        (_all, single?: string, double?: string, escaped?: string) =>
          single ?? double?.replaceAll(/\\(["\\$`])/g, '$1') ?? escaped ?? '',
      ),
    );
  }
  return words;
}
