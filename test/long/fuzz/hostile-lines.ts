import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { gitEnvironment } from '../../support/git-annex.ts';
import { Chance } from '../world/chance.ts';
import { programHere } from '../world/served.ts';
import type { Aims } from './hostile-http.ts';
import { mutated, odd } from './mutate.ts';

const others = [
  'VERSION 4',
  'VERSION 1',
  'BYPASS x y',
  'NOTIFYCHANGE',
  'UNLOCKCONTENT',
  'GETTIMESTAMP',
  'DATA 10',
  'DATA-PRESENT',
  'VALID',
  'INVALID',
  'SUCCESS',
  'FAILURE',
  'ERROR x',
  'AUTH x y',
  'CONNECT git-upload-pack',
  'CONNECTDONE 0',
];

/** What a client of the line protocol says, from a seed. */
export function hostileLines(count: number, chance: Chance, aims: Aims): Buffer {
  const lines = Array.from({ length: count }, () => {
    const line = Buffer.from(`${lineOf(chance, aims)}\n`, 'latin1');
    return chance.happens(0.3) ? mutated(line, chance) : line;
  });
  return Buffer.concat(lines);
}

function lineOf(chance: Chance, aims: Aims): string {
  if (chance.happens(0.3)) return chance.pick(others);
  const guarded = odd(chance, aims.guarded);
  const loose = odd(chance, [...aims.loose.keys()]);
  return chance.pick([
    `CHECKPRESENT ${guarded}`,
    `LOCKCONTENT ${guarded}`,
    `GET ${odd(chance, ['0', '5', '-1', '99999999999'])} ${odd(chance, ['f', '%', ''])} ${guarded}`,
    `PUT ${odd(chance, ['f', '%', ''])} ${loose}`,
    `REMOVE ${loose}`,
    `REMOVE-BEFORE ${odd(chance, ['0', '-1', '1e9'])} ${loose}`,
  ]);
}

/** How a session ended. */
export interface SessionEnd {
  readonly isStuck: boolean;
  /** Signs of a crash on standard error, or the signal that ended it. */
  readonly crash: string;
}

/** A session of `ballast p2pstdio` that hears all of it and then the end of input. */
export async function session(
  repository: string,
  input: Buffer,
  limitMs: number,
): Promise<SessionEnd> {
  const child = spawn(process.execPath, [programHere, 'p2pstdio', repository, 'me'], {
    env: gitEnvironment,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let stderr = '';
  child.stderr.on('data', (piece: Buffer) => {
    stderr = (stderr + piece.toString()).slice(-4000);
  });
  child.stdout.resume();
  child.stdin.on('error', () => undefined); // it may have ended by then
  child.stdin.end(input);
  let isStuck = false;
  const timer = setTimeout(() => {
    isStuck = true;
    child.kill('SIGKILL');
  }, limitMs);
  await once(child, 'close');
  clearTimeout(timer);
  if (isStuck) return { isStuck, crash: '' };
  const isCrash = child.signalCode !== null || /\n\s+at .*[jt]s:\d+/.test(stderr);
  return { isStuck, crash: isCrash ? `${child.signalCode ?? ''} ${stderr}` : '' };
}
