import { existsSync, mkdirSync, readFileSync, renameSync, rmdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { LogFile } from '../../src/cli/log-file.ts';
import { until } from '../gateway/annex-requests.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

afterEach(() => vi.restoreAllMocks());

describe('a log file', () => {
  it('that could not be written goes on later, and says that lines are missing', async () => {
    const path = join(temporaryDirectory(), 'log');
    mkdirSync(path);
    const warnings: string[] = [];
    const file = new LogFile(path, (message) => warnings.push(message));
    file.write('first\n');
    await until(() => warnings.length > 0, 'the warning');
    file.write('second\n');

    rmdirSync(path);
    const laterMs = performance.now() + 60_000;
    vi.spyOn(performance, 'now').mockReturnValue(laterMs);
    file.write('third\n');
    await file.close();

    expect(readFileSync(path, 'utf8')).toBe('{"missing":2,"msg":"lines are missing"}\nthird\n');
    expect(warnings).toHaveLength(1);
  });

  it('keeps what was written before a rotation in the old file', async () => {
    const path = join(temporaryDirectory(), 'log');
    const file = new LogFile(path, () => undefined);
    for (let i = 0; i < 1000; i += 1) file.write(`${i}\n`);
    await until(() => existsSync(path) && statSync(path).size > 0, 'the first lines');

    renameSync(path, `${path}.1`);
    file.reopen();
    for (let i = 1000; i < 2000; i += 1) file.write(`${i}\n`);
    await file.close();

    const old = (): string => readFileSync(`${path}.1`, 'utf8');
    await until(() => old().endsWith('\n999\n'), 'the old file');
    const all = `${old()}${readFileSync(path, 'utf8')}`.split('\n').slice(0, -1);
    expect(all).toEqual(Array.from({ length: 2000 }, (_, i) => String(i)));
  });
});
