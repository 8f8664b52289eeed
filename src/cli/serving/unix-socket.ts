import { lstat, unlink } from 'node:fs/promises';
import { connect } from 'node:net';
import { dirname } from 'node:path';
import { UserError } from '../errors.ts';
import { isErrorCode } from '../../units/index.ts';

/** How long a server at a socket may take to be reached before it counts as there, milliseconds. */
const connectMs = 5_000;

/**
 * Takes away the socket that a killed server has left at a path. What is no socket stays: the
 * reference server deletes it.
 *
 * @throws UserError when something else is there, a server that lives, or no directory around it.
 */
export async function makeWayForSocket(path: string): Promise<void> {
  const kind = await kindOf(path);
  if (kind === 'nothing') return await refuseNoParent(path);
  if (kind === 'other') {
    throw new UserError(
      `${path} is there already and is no socket; take it away, or choose another --socket PATH.`,
    );
  }
  if (await isServed(path)) {
    throw new UserError(`another program serves at ${path}; choose another --socket PATH.`);
  }
  await unlink(path);
}

async function kindOf(path: string): Promise<'nothing' | 'socket' | 'other'> {
  try {
    return (await lstat(path)).isSocket() ? 'socket' : 'other';
  } catch (error) {
    if (isErrorCode(error, 'ENOENT', 'ENOTDIR')) return 'nothing';
    throw error;
  }
}

async function refuseNoParent(path: string): Promise<void> {
  const parent = dirname(path);
  const status = await lstat(`${parent}/.`).catch(() => undefined);
  if (status?.isDirectory() === true) return;
  throw new UserError(`${parent} is no directory; make it, or choose another --socket PATH.`);
}

/** Whether somebody listens; a socket that nobody listens on refuses at once. */
async function isServed(path: string): Promise<boolean> {
  const socket = connect(path);
  try {
    return await new Promise<boolean>((resolve) => {
      socket.setTimeout(connectMs, () => resolve(true));
      socket.once('connect', () => resolve(true));
      socket.once('error', (error) => resolve(!isErrorCode(error, 'ECONNREFUSED', 'ENOENT')));
    });
  } finally {
    socket.destroy();
  }
}
