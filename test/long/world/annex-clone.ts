import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { git, gitEnvironment } from '../../support/git-annex.ts';

/** How a command of git-annex ended. */
export interface CommandEnd {
  /** `undefined` when it was ended for taking too long. */
  readonly status: number | undefined;
  readonly said: string;
}

/** A clone of a served repository, with real git-annex in it. */
export class AnnexClone {
  readonly directory: string;

  constructor(url: string, directory: string) {
    git('.', 'clone', '--quiet', url, directory);
    git(directory, 'config', 'annex.security.allowed-ip-addresses', '127.0.0.1 ::1');
    git(directory, 'annex', 'init', '--quiet');
    this.directory = directory;
  }

  /** Runs `git annex`, whatever comes of it; with all that it started it is ended after a time. */
  async annex(limitMs: number, ...words: readonly string[]): Promise<CommandEnd> {
    const child = spawn('git', ['annex', ...words], {
      cwd: this.directory,
      env: gitEnvironment,
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    let said = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (piece: Buffer) => {
        said = (said + piece.toString()).slice(-2000);
      });
    }
    let isLate = false;
    const timer = setTimeout(() => {
      isLate = true;
      if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
    }, limitMs);
    await once(child, 'close');
    clearTimeout(timer);
    return { status: isLate ? undefined : (child.exitCode ?? 1), said: said.trim() };
  }
}
