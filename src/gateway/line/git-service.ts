import type { GitService, PushAnswer } from '../../protocol/index.ts';
import { bufferOf, GitChild } from '../../repository/index.ts';
import { feedPush, hidingOwnRefs, writeTo, type Push } from '../pushes/index.ts';
import { refused } from '../problems.ts';
import { messageOf, type SessionParts } from './session-parts.ts';
import { BallastError } from '../../units/index.ts';

/**
 * Connects the client to a service of git: what git says goes out as DATA, what the client says
 * goes in, and CONNECTDONE tells git's exit status. The session ends with it, as the client may
 * have sent more than git has read (spec/p2p-line.md section 5, CONNECT; the reference server
 * serves it on other transports than stdio only).
 */
export async function connectGit(service: GitService, session: SessionParts): Promise<void> {
  const { gateway, output, server, access, user } = session;
  if (service === 'git-receive-pack' && access !== 'full') {
    return await output.sendError(refused('READ_ONLY').text);
  }
  if (server !== gateway.uuid) {
    return await output.sendError('git is served for the repository of the gateway only');
  }
  if (service !== 'git-receive-pack') return await converse(service, session, undefined);
  const push = await gateway.push({ name: user, mayOverrule: true });
  try {
    await converse(service, session, push);
  } finally {
    await push.close();
  }
}

async function converse(
  service: GitService,
  session: SessionParts,
  push: Push | undefined,
): Promise<void> {
  const { gateway, output, signal } = session;
  // Of what has ended before, nothing would tell.
  if (signal.aborted) return;
  const directory = gateway.gitDirectory;
  const command = service.slice('git-'.length);
  const args = [...(push?.settings ?? hidingOwnRefs), command, directory];
  const child = new GitChild(args, { directory, isGroup: true });
  const kill = (): void => child.kill();
  signal.addEventListener('abort', kill, { once: true });
  try {
    let refusal: string | undefined;
    let problem: string | undefined;
    const pieces = piecesOf(session, (text) => {
      problem = text;
    });
    const fed = (
      push === undefined ? feed(child, pieces) : feedPush(push, pieces, child.stdin)
    ).then(
      (error) => {
        refusal = error?.message;
        if (error !== undefined || problem !== undefined) child.kill();
      },
      // The session is broken, which whoever reads or writes next finds out.
      () => child.kill(),
    );
    const answer = push?.answer({ advertises: true });
    const send = (bytes: Uint8Array): Promise<void> => sendData(bytes, session);
    for await (const chunk of child.stdout) {
      const piece = bufferOf(chunk);
      for (const bytes of answer?.take(piece) ?? [piece]) await send(bytes);
    }
    const failure = await child.ended();
    if (push !== undefined && answer !== undefined) {
      if (refusal !== undefined) for (const bytes of answer.fatal(refusal)) await send(bytes);
      else await settle(push, answer, send);
      await gateway.pushed();
    }
    if (failure !== undefined) gateway.warn(`${service} did not end well`, failure);
    if (problem !== undefined) return await output.sendError(problem);
    const exitCode = failure === undefined ? 0 : (failure.data.exitStatus ?? 1);
    await output.send({ word: 'CONNECTDONE', exitCode });
    void fed;
  } finally {
    signal.removeEventListener('abort', kill);
    child.kill();
  }
}

async function settle(
  push: Push,
  answer: PushAnswer,
  send: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  // A client that is gone is found out by the next write that is waited for.
  const last = await push.settle(answer, (bytes) => void send(bytes).catch(() => undefined));
  for (const bytes of last) await send(bytes);
}

async function sendData(bytes: Uint8Array, { output }: SessionParts): Promise<void> {
  if (bytes.length === 0) return;
  await output.sendWithBytes({ word: 'DATA', lengthBytes: bytes.length }, bytes);
}

async function feed(
  child: GitChild,
  pieces: AsyncIterable<Uint8Array>,
): Promise<BallastError | undefined> {
  for await (const piece of pieces) await writeTo(child.stdin, piece);
  child.stdin.end();
  return undefined;
}

/**
 * What the client sends, up to its CONNECTDONE.
 * @param failed is told what is wrong with it, if something is.
 */
async function* piecesOf(
  { input }: SessionParts,
  failed: (problem: string) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const event = await input.next();
    if (event === undefined || messageOf(event, 'CONNECTDONE')) return;
    const data = messageOf(event, 'DATA');
    if (data === undefined) {
      failed('expected DATA or CONNECTDONE');
      return;
    }
    input.takeData(data.lengthBytes);
    for (;;) {
      const piece = await input.next();
      if (piece?.kind !== 'data') break;
      yield piece.bytes;
      if (piece.leftBytes === 0) break;
    }
  }
}
