import { once } from 'node:events';
import { bufferOf, GitChild } from '../../repository/index.ts';
import type { GitService } from '../../protocol/index.ts';
import { messageOf, refusalTexts, type SessionParts } from './session-parts.ts';

/**
 * Connects the client to a service of git: what git says goes out as DATA, what the client says
 * goes in, and CONNECTDONE tells git's exit status. The session ends with it, as the client may
 * have sent more than git has read (spec/p2p-line.md section 5, CONNECT; the reference server
 * serves it on other transports than stdio only).
 */
export async function connectGit(service: GitService, session: SessionParts): Promise<void> {
  const { gateway, output, server, access, signal } = session;
  if (service === 'git-receive-pack' && access !== 'full') {
    return await output.sendError(refusalTexts.readOnly);
  }
  if (server !== gateway.uuid) {
    return await output.sendError('git is served for the repository of the gateway only');
  }
  const directory = gateway.gitDirectory;
  const command = service.slice('git-'.length);
  const child = new GitChild([command, directory], { directory, isGroup: true });
  const kill = (): void => child.kill();
  signal.addEventListener('abort', kill, { once: true });
  try {
    let problem: string | undefined;
    const fed = feed(child, session).then(
      (text) => {
        problem = text;
      },
      // The session is broken, which whoever reads or writes next finds out.
      () => child.kill(),
    );
    for await (const chunk of child.stdout) {
      const bytes = bufferOf(chunk);
      await output.send({ word: 'DATA', lengthBytes: bytes.length });
      await output.sendBytes(bytes);
    }
    const failure = await child.ended();
    if (service === 'git-receive-pack') await gateway.pushed();
    if (failure !== undefined) gateway.warn(`${service} did not end well`, failure);
    if (problem !== undefined) return await output.sendError(problem);
    const exitCode = failure === undefined ? 0 : (failure.exitStatus ?? 1);
    await output.send({ word: 'CONNECTDONE', exitCode });
    void fed;
  } finally {
    signal.removeEventListener('abort', kill);
    child.kill();
  }
}

/** Gives git what the client sends; resolves with what is wrong with it, if something is. */
async function feed(child: GitChild, { input }: SessionParts): Promise<string | undefined> {
  for (;;) {
    const event = await input.next();
    if (event === undefined || messageOf(event, 'CONNECTDONE')) {
      child.stdin.end();
      return undefined;
    }
    const data = messageOf(event, 'DATA');
    if (data === undefined) {
      child.kill();
      return 'expected DATA or CONNECTDONE';
    }
    input.takeData(data.lengthBytes);
    for (;;) {
      const piece = await input.next();
      if (piece?.kind !== 'data') break;
      await write(child, piece.bytes);
      if (piece.leftBytes === 0) break;
    }
  }
}

/** What git does not read any more is forgotten; its exit status tells why. */
async function write({ stdin }: GitChild, bytes: Uint8Array): Promise<void> {
  if (stdin.destroyed || stdin.write(bytes)) return;
  const stop = new AbortController();
  const closed = once(stdin, 'close', { signal: stop.signal }).catch(() => undefined);
  const drained = once(stdin, 'drain', { signal: stop.signal }).catch(() => undefined);
  await Promise.race([closed, drained]);
  stop.abort();
}
