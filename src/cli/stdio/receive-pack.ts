import { userInfo } from 'node:os';
import { Gateway, receivePush, type LineAccess } from '../../gateway/line/index.ts';
import { GitConfig, thisMachine } from '../../repository/index.ts';
import { stopSignals } from '../stopping.ts';
import { stdioChannel } from './stdio-channel.ts';

/**
 * Receives a push on standard input and output into an annex, whose git-annex branch belongs to
 * everybody.
 *
 * @returns the exit status; `undefined` when the repository is no annex, and so has no such branch.
 * @throws REPOSITORY_UNUSABLE when it is an annex that cannot be served.
 */
export async function receivePack(
  directory: string,
  access: LineAccess,
): Promise<number | undefined> {
  const config = await GitConfig.read(directory, thisMachine.configurations);
  if ((config.get('annex.uuid') ?? '') === '') return undefined;
  const stop = new AbortController();
  const stopped = (): void => stop.abort();
  for (const signal of stopSignals) process.on(signal, stopped);
  const gateway = await Gateway.open(directory, { warn, placement: 'brief' });
  try {
    const { status, complaint } = await receivePush(gateway, stdioChannel(stopped), {
      directory,
      // git-annex lets readers push what git takes; what they say counts no more than others'.
      pusher: { name: `${userInfo().username} over ssh`, mayOverrule: access === 'full' },
      signal: stop.signal,
    });
    if (complaint !== '') process.stderr.write(complaint);
    return status;
  } finally {
    await gateway.close();
    // The client ends when it has all, and not before.
    process.stdin.destroy();
  }
}

/** The client shows its user what comes on standard error. */
function warn(message: string, error: unknown): void {
  const why = error instanceof Error ? `: ${error.message}` : '';
  console.error(`ballast: ${message}${why}`);
}
