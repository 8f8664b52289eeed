import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:http';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/cli/serving/listen.ts';

const module = `${import.meta.dirname}/../../src/cli/log.ts`;
const script = `
import { openLog } from '${module}';
const warn = openLog();
for (let i = 0; i < 3; i += 1) {
  warn('something went wrong', new Error('no ' + i));
  await new Promise((resolve) => setTimeout(resolve, 20));
}
process.stdout.write('goes on');
`;

function logTo(stderr: number | 'pipe') {
  const words = ['--no-warnings', '--input-type=module', '-e', script];
  return spawnSync(process.execPath, words, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', stderr],
  });
}

describe('the log', () => {
  it('is a line for each trouble', () => {
    const ended = logTo('pipe');
    expect(ended.stderr.trim().split('\n')).toHaveLength(3);
    expect(ended.stderr).toContain('"error":"no 2","msg":"something went wrong"');
  });

  it.skipIf(process.platform !== 'linux')('on a full disk does not end the program', () => {
    const full = openSync('/dev/full', 'w');
    const ended = logTo(full);
    closeSync(full);
    expect(ended).toMatchObject({ status: 0, stdout: 'goes on' });
  });
});

describe('a server that listens', () => {
  it('goes on when a connection could not be taken, and tells it once', async () => {
    const server = createServer();
    const told: Error[] = [];
    await listen(server, { kind: 'port', port: 0, bind: '127.0.0.1' }, (error) => told.push(error));
    const error = new Error('accept EMFILE');
    server.emit('error', error);
    server.emit('error', error);
    expect(told).toEqual([error]);
    server.close();
    await once(server, 'close');
  });
});
