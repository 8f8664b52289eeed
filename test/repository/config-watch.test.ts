import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { GitSettings } from '../../src/gateway/topology/git-settings.ts';
import { ConfigWatch } from '../../src/repository/config/config-watch.ts';
import { gitConfigurations } from '../../src/repository/config/git-configurations.ts';
import {
  createRepository,
  machineClock,
  Repository,
  systemDisks,
} from '../../src/repository/index.ts';
import { SettingsWatch } from '../../src/repository/settings/settings-watch.ts';
import { imaginaryUuid } from '../support/branch.ts';
import { git } from '../support/git-annex.ts';
import { SimulatedClock } from '../support/simulated-clock.ts';
import type { Clock } from '../../src/clock/index.ts';
import { sha256Key, temporaryDirectory } from '../support/objects.ts';

async function created(): Promise<string> {
  const directory = join(temporaryDirectory(), 'repository.git');
  await createRepository(directory, { uuid: imaginaryUuid(1), branch: [] });
  return directory;
}

async function watched(
  clock: Clock = machineClock,
): Promise<{ directory: string; watch: ConfigWatch }> {
  const directory = await created();
  const disk = systemDisks.at(directory);
  return {
    directory,
    watch: await ConfigWatch.open(directory, {
      gitDirectory: directory,
      disk,
      clock,
      configurations: gitConfigurations,
    }),
  };
}

it('reads a config once for all who want to know it', async () => {
  const directory = await created();
  const repository = await Repository.open(directory);
  const reload = vi.spyOn(repository.config, 'reload');
  const { disk, system } = repository;
  const place = { gitDirectory: directory, disk, clock: system.clock };
  git(directory, 'config', 'annex.trashbin', 'trash');

  const [, found] = await Promise.all([
    new GitSettings(repository.configWatch).refresh(),
    new SettingsWatch(repository.configWatch, place).current(),
    repository.objects.remove(sha256Key(Buffer.from('absent'))),
    repository.configWatch.current(),
  ]);

  expect(found.map(({ name }) => name)).toContain('annex.trashbin');
  expect(reload).toHaveBeenCalledTimes(1);
  await repository.close();
});

it('does not take what was read before a change for what is there after it', async () => {
  const { directory, watch } = await watched();
  let goOn = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    goOn = resolve;
  });
  const reload = watch.config.reload.bind(watch.config);
  let hasRead = (): void => undefined;
  const read = new Promise<void>((resolve) => {
    hasRead = resolve;
  });
  vi.spyOn(watch.config, 'reload').mockImplementationOnce(async () => {
    await reload();
    hasRead();
    await slow;
  });

  git(directory, 'config', 'test.value', 'older');
  const older = watch.current();
  await read;
  git(directory, 'config', 'test.value', 'newer');
  const newer = watch.current();
  // It has looked at the file by then.
  for (let i = 0; i < 10; i += 1) await systemDisks.at(directory).status(directory);
  goOn();

  expect(await newer).toBeGreaterThan(await older);
  expect(watch.config.get('test.value')).toBe('newer');
});

it('reads a config again when it has changed, and of an included file after ten seconds', async () => {
  const clock = new SimulatedClock();
  const { directory, watch } = await watched(clock);
  const included = join(directory, 'more');
  const first = await watch.current();
  expect(await watch.current()).toBe(first);

  git(directory, 'config', 'include.path', included);
  const second = await watch.current();
  writeFileSync(included, '[test]\n\tvalue = included\n');
  await clock.pass(10_000);
  expect(await watch.current()).toBe(second);
  await clock.pass(1);
  expect(await watch.current()).toBe(second + 1);

  expect(watch.config.get('test.value')).toBe('included');
  expect(await watch.current()).toBe(second + 1);
  expect(second).toBe(first + 1);
});

it('keeps what it knows when the config is gone, and says so', async () => {
  const { directory, watch } = await watched();
  rmSync(join(directory, 'config'));

  await expect(watch.current()).rejects.toThrow('the repository has no git config any more');

  expect(watch.config.get('annex.uuid')).toBe(imaginaryUuid(1));
});
