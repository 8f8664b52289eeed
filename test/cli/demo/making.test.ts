import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryDirectory } from '../../support/objects.ts';
import { run, start } from '../program.ts';

const real = execFileSync('which', ['git'], { encoding: 'utf8' }).trim();

describe('the demo, cut short or failing while it is made', () => {
  it('Ctrl-C while the demo is made leaves nothing half-made', async () => {
    const directory = temporaryDirectory();
    const mark = join(temporaryDirectory(), 'mark');
    const PATH = fakeGit(
      `case "$*" in *fast-import*) touch ${mark}; sleep 1;; esac\nexec ${real} "$@"`,
    );
    const server = start(['demo', 'demo', '--port', '0'], { directory, env: { PATH } });
    while (!existsSync(mark)) await new Promise((resolve) => setTimeout(resolve, 10));
    server.child.kill('SIGINT');
    await server.ended;
    expect([[], ['demo']]).toContainEqual(readdirSync(directory));
  });

  it('a git that fails in the middle leaves nothing behind, and its error is told', async () => {
    for (let i = 0; i < 2; i += 1) {
      const directory = temporaryDirectory();
      const PATH = fakeGit(
        `case "$*" in *fast-import*) echo broken >&2; exit 1;; esac\nexec ${real} "$@"`,
      );
      const ended = await run(['demo', 'demo', '--port', '0'], { directory, env: { PATH } });
      expect(ended.stderr).toContain('broken');
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  it('a failure takes the parent directories back that it made', async () => {
    const directory = temporaryDirectory();
    const PATH = fakeGit(
      `case "$*" in *fast-import*) echo broken >&2; exit 1;; esac\nexec ${real} "$@"`,
    );
    const ended = await run(['demo', 'a/b/demo', '--port', '0'], { directory, env: { PATH } });
    expect(ended.status).toBe(2);
    expect(readdirSync(directory)).toEqual([]);
  });
});

function fakeGit(script: string): string {
  const bin = temporaryDirectory();
  writeFileSync(join(bin, 'git'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(bin, 'git'), 0o755);
  return `${bin}:${process.env['PATH'] ?? ''}`;
}
