import { bufferOf, GitChild } from '../../repository/index.ts';
import type { Gateway } from '../gateway.ts';
import { feedPush, type Pusher } from '../pushes/index.ts';
import type { LineChannel } from './session.ts';

/** Where a push goes, who pushes, and when it is ended early. */
export interface ReceivePushOptions {
  /** The repository, as git finds it: a linked work tree is not the one it belongs to. */
  readonly directory: string;
  readonly pusher: Pusher;
  readonly signal: AbortSignal;
}

/**
 * Receives one push that ssh, or the like, brings to `git receive-pack` on a pair of streams.
 *
 * @returns git's exit status, and what it complained of.
 */
export async function receivePush(
  gateway: Gateway,
  channel: LineChannel,
  { directory, pusher, signal }: ReceivePushOptions,
): Promise<{ readonly status: number; readonly complaint: string }> {
  const push = await gateway.push(pusher);
  const args = [...push.settings, 'receive-pack', directory];
  const child = new GitChild(args, { directory, isGroup: true });
  const kill = (): void => child.kill();
  signal.addEventListener('abort', kill, { once: true });
  // What has ended while we made ready is not told of again.
  if (signal.aborted) kill();
  try {
    let refusal: string | undefined;
    feedPush(push, channel.input, child.stdin).then(
      (error) => {
        refusal = error?.message;
        if (error !== undefined) child.kill();
      },
      () => child.kill(),
    );
    const answer = push.answer({ advertises: true });
    for await (const chunk of child.stdout) {
      for (const bytes of answer.take(bufferOf(chunk))) await channel.write(bytes);
    }
    const failure = await child.ended();
    const alive = (bytes: Uint8Array): void => void channel.write(bytes).catch(() => undefined);
    const last = refusal === undefined ? await push.settle(answer, alive) : answer.fatal(refusal);
    for (const bytes of last) await channel.write(bytes);
    await gateway.pushed();
    const status = failure === undefined ? 0 : (failure.data.exitStatus ?? 1);
    return { status, complaint: failure?.data.stderrTail ?? '' };
  } finally {
    signal.removeEventListener('abort', kill);
    child.kill();
    await push.close();
  }
}
