import { cpSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, expect, it } from 'vitest';
import { absentKey } from '../../models/served-key.ts';
import { createRepository } from '../../src/repository/create-repository.ts';
import { openFiles } from '../../test/gateway/leaks.ts';
import { imaginaryUuid } from '../../test/support/branch.ts';
import { temporaryDirectory } from '../../test/support/temporary-directory.ts';
import { checkAsync } from '../settings.ts';
import { LiveRepository } from './live-repository.ts';
import { contents, histories } from './protocol-commands.ts';

/** Few, for each opens a repository with git; BALLAST_RUNS makes it more. */
const runsUsual = 6;

const template = join(temporaryDirectory(), 'template.git');
beforeAll(() => createRepository(template, { uuid: imaginaryUuid(1), branch: [] }));

it('a repository that is served is the model of it, whatever its clients do and break', async () => {
  await checkAsync(
    fc.asyncProperty(histories, async (commands) => {
      const directory = join(temporaryDirectory(), 'repository.git');
      cpSync(template, directory, { recursive: true });
      const server = await LiveRepository.open(directory);
      const model = contents.map(() => absentKey());
      const real = { server, locks: contents.map(() => []) };
      try {
        await fc.asyncModelRun(() => ({ model, real }), commands);
      } finally {
        await server.close();
      }
      expect(openFiles()).toEqual([]);
      expect(server.warnings).toEqual([]);
    }),
    runsUsual,
  );
}, 600_000);
