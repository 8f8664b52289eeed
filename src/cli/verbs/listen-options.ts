import { InvalidArgumentError, type Command } from 'commander';

/** git-annex's own port for its P2P protocol over HTTP. */
export const portDefault = 9417;

/** Where a server listens. */
export interface ListenOptions {
  readonly port: number;
  readonly bind: string;
}

/** Gives a verb the options `--port` and `--bind`. */
export function withListenOptions(command: Command): Command {
  return command
    .option('--port <N>', 'port to listen on', parsePort, portDefault)
    .option('--bind <ADDRESS>', 'address to listen on', parseBind, '127.0.0.1');
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It is a number from 0 to 65535; 0 takes any free port.');
}

function parseBind(text: string): string {
  // An empty one would mean every address, which is not to be had by a variable that is not set.
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It is an address of this machine, as 127.0.0.1, or :: for all.');
}
