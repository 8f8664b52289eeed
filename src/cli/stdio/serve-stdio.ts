import { machineClock } from '../../repository/clock/machine-clock.ts';
import { userInfo } from 'node:os';
import { Gateway, serveLines, type LineAccess } from '../../gateway/line/index.ts';
import { Repository } from '../../repository/index.ts';
import { parseUuid, isErrorCode } from '../../units/index.ts';
import { statuses, UserError } from '../errors.ts';
import { stopSignals } from '../stopping.ts';
import { stdioChannel } from './stdio-channel.ts';

/** How long leaving everything durable may take once the session is over, milliseconds. */
const leavingMs = 15_000;

/** What is served on standard input and output, and what its client may do. */
export interface ServeStdioOptions {
  readonly directory: string;
  readonly access: LineAccess;
  /** The repository that the client expects; the one in the directory when it expects none. */
  readonly expected: string | undefined;
}

/**
 * Speaks the line protocol on standard input and output until the client ends it.
 *
 * @returns the exit status: 0 when the session ended as the protocol has it.
 * @throws UserError when the repository is not the expected one; REPOSITORY_UNUSABLE.
 */
export async function serveStdio(options: ServeStdioOptions): Promise<number> {
  const stop = new AbortController();
  const stopped = (): void => stop.abort();
  for (const signal of stopSignals) process.on(signal, stopped);
  const gateway = await open(options);
  const server = await serverUuid(gateway, options).catch(async (error: unknown) => {
    await gateway.close();
    throw error;
  });
  const end = await serveLines(gateway, stdioChannel(stopped), {
    server,
    access: options.access,
    user: `${userInfo().username} over ssh`,
    signal: stop.signal,
  });
  if (end.kind === 'broken') console.error(`ballast: ${end.text}`);
  // What was acknowledged is durable already; what hangs now is left for the next process.
  const giveUp = (): void => {
    console.error('ballast: it ends with something still open; the next process sees to that');
    process.exit(statuses.unable);
  };
  machineClock.after(leavingMs, giveUp).unref();
  await gateway.close();
  // A client that says nothing more, and does not go, would keep the process.
  process.stdin.destroy();
  return end.kind === 'ended' ? 0 : 1;
}

async function open({ directory, expected }: ServeStdioOptions): Promise<Gateway> {
  try {
    return await Gateway.open(directory, { warn, placement: 'brief' });
  } catch (error) {
    if (!isErrorCode(error, 'REPOSITORY_UNUSABLE') || expected === undefined) throw error;
    const found = `no repository that can be served: ${error.message}`;
    throw new UserError(`expected repository UUID ${expected} but found ${found}`);
  }
}

async function serverUuid(
  gateway: Gateway,
  { expected }: ServeStdioOptions,
): Promise<Repository['uuid']> {
  if (expected === undefined) return gateway.uuid;
  const uuid = parseUuid(expected);
  if (uuid !== undefined && (await gateway.serves(uuid))) return uuid;
  throw new UserError(`expected repository UUID ${expected} but found UUID ${gateway.uuid}`);
}

/** The client shows its user what comes on standard error. */
function warn(message: string, error: unknown): void {
  const why = error instanceof Error ? error.message : String(error);
  console.error(`ballast: ${message}: ${why}`);
}
