import { InvalidArgumentError, type Command } from 'commander';
import type { Port } from '../serving/listen.ts';

/** git-annex's own port for its P2P protocol over HTTP. */
const portDefault = 9417;

/** What `--port` and `--bind` say. */
export type ListenOptions = Port;

/** Gives a verb the options `--port` and `--bind`. */
export function withListenOptions(command: Command, defaults: { readonly bind: string }): Command {
  return command
    .option('--port <N>', 'port to listen on', parsePort, portDefault)
    .option('--bind <ADDRESS>', 'address to listen on, * for all', parseBind, defaults.bind);
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new InvalidArgumentError('It is a number from 0 to 65535; 0 takes any free port.');
}

function parseBind(text: string): string {
  // The spellings of git-annex for all addresses, of one kind if the machine has it.
  if (/^\*4$|^!4$/.test(text)) return '0.0.0.0';
  if (/^\*6$|^!6$/.test(text)) return '::';
  // An empty one would mean every address, which is not to be had by a variable that is not set.
  if (text.trim() !== '') return text;
  throw new InvalidArgumentError('It is an address of this machine, as 127.0.0.1, or * for all.');
}
