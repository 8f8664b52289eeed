import { dirname } from 'node:path';
import { withoutLocalVariables, type System } from '../../../repository/index.ts';
import { parseUuid } from '../../../units/index.ts';
import type { Cipher } from '../cipher/cipher.ts';
import { PassingFiles } from '../files/passing-files.ts';
import type { PassingSpace } from '../files/passing-space.ts';
import type { RemoteSettings } from '../settings/kinds.ts';
import type { SpecialSettings } from '../settings/special-settings.ts';
import { ExternalExport, type ExternalExportParts } from './external-export.ts';
import { ExternalStore } from './external-store.ts';
import { findProgram, programOf } from './find-program.ts';
import { ProgramCredentials } from './program-credentials.ts';
import type { ProgramLogs } from './program-logs.ts';
import { ProgramPool } from './program-pool.ts';
import { ProgramQuestions } from './program-questions.ts';

/** What opening an external remote needs of a gateway. */
export interface ExternalOptions {
  readonly config: RemoteSettings;
  /** Where programs are started: what relative paths start from. */
  readonly directory: string;
  /** The gateway's `annex` directory. */
  readonly annexDirectory: string;
  readonly system: System;
  /** Where contents pass through files. */
  readonly passing: PassingSpace;
  /** What programs keep in the git-annex branch. */
  readonly programLogs: ProgramLogs;
  /** What programs are found and run in. Default: that of this process. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** How long a program may say nothing while something is asked of it, milliseconds. */
const silenceMs = 5 * 60_000;

/** How long a program may take to end, milliseconds. */
const endMs = 3000;

/** Passwords of those who use the gateway are none of a program's business. */
const accountVariable = /^GIT_ANNEX_P2PHTTP_/;

/**
 * Opens a `type=external` remote (spec/special-remotes.md section 7).
 *
 * @throws Error when its program is not here.
 */
export async function openExternal(
  settings: SpecialSettings,
  options: ExternalOptions,
  cipher: Cipher | undefined,
): Promise<ExternalStore> {
  const parts = await openParts(settings, options, cipher);
  return new ExternalStore({ ...parts, isSealed: cipher !== undefined });
}

/**
 * Opens a `type=external` remote that trees are exported to (spec/special-remotes.md section 7.4).
 *
 * @throws Error when its program is not here, does not begin, or does not support that.
 */
export async function openExternalExport(
  settings: SpecialSettings,
  options: ExternalOptions,
): Promise<ExternalExport> {
  return await ExternalExport.open(await openParts(settings, options, undefined));
}

async function openParts(
  settings: SpecialSettings,
  options: ExternalOptions,
  cipher: Cipher | undefined,
): Promise<ExternalExportParts> {
  const { remote, uuid, values } = settings;
  const { config, annexDirectory, system, env = process.env } = options;
  if (/[\r\n]/.test(annexDirectory)) throw new Error('no program can be told a path of two lines');
  const name = programOf(remote, config, values);
  const path = await findProgram(name, env['PATH'] ?? '', system.disks);
  if (path === undefined) throw new Error(`there is no ${name} in the PATH of the server`);
  const disk = system.disks.at(annexDirectory);
  const { clock } = system;
  const configUuid = parseUuid(config.get(`remote.${remote}.annex-config-uuid`) ?? '') ?? uuid;
  const isKept = !/^(?:false|no|off|0)$/i.test(config.get('annex.cachecreds') ?? '');
  const keeping = { annexDirectory, disk, clock, uuid: configUuid, values, cipher, isKept };
  const gitDirectory = dirname(annexDirectory);
  const surroundings = {
    uuid,
    remote,
    gitDirectory,
    values,
    credentials: new ProgramCredentials(keeping),
    logs: options.programLogs,
  };
  return {
    programs: new ProgramPool({
      name,
      path,
      directory: options.directory,
      env: environmentOf(env, gitDirectory),
      clock,
      silenceMs,
      endMs,
      questions: () => new ProgramQuestions(surroundings),
    }),
    files: new PassingFiles('external', uuid, options.passing),
  };
}

function environmentOf(
  inherited: Readonly<Record<string, string | undefined>>,
  gitDirectory: string,
): Readonly<Record<string, string | undefined>> {
  const kept = Object.entries(withoutLocalVariables(inherited)).filter(
    ([name]) => !accountVariable.test(name),
  );
  return { ...Object.fromEntries(kept), GIT_DIR: gitDirectory };
}
