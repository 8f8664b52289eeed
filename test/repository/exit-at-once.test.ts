import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const module = join(import.meta.dirname, '../../src/repository/files/native/exit-at-once.ts');

it('a process ends although a call hangs in another thread, after what is done at its exit', async () => {
  const pipe = join(temporaryDirectory(), 'pipe');
  execFileSync('mkfifo', [pipe]);
  // To open a pipe that nobody writes to waits for ever.
  const script = `
    import { open } from 'node:fs';
    import { exitAtOnce } from ${JSON.stringify(module)};
    process.on('exit', () => console.log('at its exit'));
    open(${JSON.stringify(pipe)}, 'r', () => undefined);
    setTimeout(() => exitAtOnce(3), 200);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', script]);
  let text = '';
  child.stdout.on('data', (bytes: Buffer) => {
    text += bytes.toString();
  });

  const kill = setTimeout(() => child.kill('SIGKILL'), 20_000);
  await once(child, 'close');
  clearTimeout(kill);

  expect([child.exitCode, text]).toEqual([3, 'at its exit\n']);
});
