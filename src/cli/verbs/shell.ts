import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { UserError } from '../errors.ts';
import { findRepository } from '../stdio/find-repository.ts';
import { readShellArguments } from '../stdio/shell-arguments.ts';
import {
  allowedDirectory,
  shellEnvironment,
  type ShellEnvironment,
} from '../stdio/shell-environment.ts';
import { shellWords } from '../stdio/shell-words.ts';

/** Tells of `ballast shell` in the help; it is run by {@link shell}. */
export function addShellVerb(program: Command): void {
  program
    .command('shell')
    .description('stand in for git-annex-shell, as a login shell or forced command')
    .argument('[COMMAND...]', 'p2pstdio, configlist, or a command of git')
    .option('-c <COMMAND>', 'all of it in one text, as login shells get it');
}

/**
 * Runs what a client asks for over ssh, and nothing else. The command is in the arguments, in one
 * quoted text after `-c`, or in SSH_ORIGINAL_COMMAND.
 *
 * @returns the exit status.
 * @throws UserError for what is not allowed or not known.
 */
export async function shell(
  words: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): Promise<number> {
  const [name, ...rest] = commandIn(words, env);
  if (name === undefined) {
    throw new UserError(
      'you are let in, but there is no shell here: this is for git and git-annex.',
    );
  }
  if (name === 'p2pstdio') {
    const { p2pstdio } = await import('./p2pstdio.ts');
    return await p2pstdio(rest, env);
  }
  if (name === 'configlist') return await configlist(rest, env);
  // Clients that share a connection open it so.
  if (name === 'true' && rest.length === 0) return 0;
  if (gitCommands.has(name)) return await git(name, rest, env);
  throw new UserError(`unknown command ${name}; there are p2pstdio, configlist and git's own.`);
}

/** The command with its arguments, without git-annex-shell's name before it. */
function commandIn(words: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const command = unquoted(words, env);
  const [first = '', second, ...rest] = command;
  if (basename(first) === 'git-annex-shell') return command.slice(1);
  // As `git upload-pack DIR`, which is the same as `git-upload-pack DIR`.
  if (first === 'git' && second !== undefined) return [`git-${second}`, ...rest];
  return command;
}

function unquoted(words: readonly string[], env: NodeJS.ProcessEnv): string[] {
  const isText = words[0] === '-c' && words.length <= 2;
  if (words[0] === '-c' && !isText) return words.slice(1);
  if (words.length > 0 && !isText) return [...words];
  const text = isText ? (words[1] ?? '') : (env['SSH_ORIGINAL_COMMAND'] ?? '');
  const parsed = shellWords(text);
  if (parsed !== undefined) return parsed;
  throw new UserError('this command is not one that git or git-annex would send; it was not run.');
}

/** Prints what a client wants to know of a repository. */
async function configlist(words: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const { parameters, fields } = readShellArguments(words);
  const [named] = parameters;
  if (named === undefined) throw new UserError('bad parameters: configlist DIR');
  const environment = shellEnvironment(env);
  const directory = findRepository(allowedDirectory(named, environment));
  const { configList } = await import('../stdio/config-list.ts');
  const isToBeMade = fields.get('autoinit') === '1';
  process.stdout.write(await configList({ directory, access: environment.access, isToBeMade }));
  return 0;
}

/** The services of git that ssh clients ask for. */
const gitCommands: ReadonlySet<string> = new Set([
  'git-upload-pack',
  'git-receive-pack',
  'git-upload-archive',
]);

async function git(
  name: string,
  words: readonly string[],
  env: NodeJS.ProcessEnv,
): Promise<number> {
  const environment = shellEnvironment(env);
  const [named, ...others] = words;
  if (named === undefined || others.length > 0 || named.startsWith('-')) {
    throw new UserError(`bad parameters: ${name} DIR`);
  }
  const directory = allowedDirectory(named, environment);
  if (environment.isLimited) throw new UserError('Action blocked by GIT_ANNEX_SHELL_LIMITED');
  const received = name === 'git-receive-pack' ? await push(directory, environment) : undefined;
  if (received !== undefined) return received;
  const child = spawn('git', [name.slice('git-'.length), directory], { stdio: 'inherit', env });
  const [status] = await once(child, 'close');
  return typeof status === 'number' ? status : 1;
}

/** Receives a push into an annex; `undefined` for what is left to git alone. */
async function push(directory: string, { access }: ShellEnvironment): Promise<number | undefined> {
  // Git would find more, as what a file named here leads to, and past what this looks at.
  const found = findRepository(directory);
  const { receivePack } = await import('../stdio/receive-pack.ts');
  return await receivePack(found, access);
}
