import type { Command } from 'commander';
import { OpenAnnex, readRemoteLines } from '../../annex/index.ts';
import { Approvals, specialTypeOf } from '../../nodes/index.ts';
import { remoteSettings, remoteUuid, thisMachine } from '../../repository/index.ts';
import type { Uuid } from '../../units/index.ts';
import { UserError } from '../errors.ts';

interface VerifyOptions {
  readonly repo?: string;
  readonly safe?: string;
}

/**
 * `ballast verifyremote REMOTE [--safe ID]`: shows the settings of a special remote as the git-annex branch has
 * them, for an administrator of the gateway to approve.
 */
export function addVerifyremoteVerb(program: Command): void {
  program
    .command('verifyremote')
    .description('look at the settings of a special remote, and approve them for this gateway')
    .argument('<REMOTE>', 'the name of the remote in the git config of the gateway')
    .option('--repo <DIR>', 'the repository of the gateway; the one around by default')
    .option('--safe <ID>', 'approve the settings that were shown under this ID')
    .action(async (remote: string, options: VerifyOptions) => {
      await runVerify(remote, options);
    });
}

async function runVerify(remote: string, { repo = '.', safe }: VerifyOptions): Promise<void> {
  const annex = await OpenAnnex.openInitialized(repo);
  try {
    const uuid = specialUuid(remote, annex);
    const { gitDirectory } = annex;
    const disk = thisMachine.disks.at(gitDirectory);
    const approvals = new Approvals({ gitDirectory, disk, system: thisMachine });
    if (safe === undefined) await show({ remote, uuid, annex, approvals });
    else await approve({ remote, uuid, annex, approvals }, safe);
  } finally {
    await annex.close();
  }
}

/** What a command is about. */
interface Subject {
  readonly remote: string;
  /** Whose line in remote.log says how it is set up. */
  readonly uuid: Uuid;
  readonly annex: OpenAnnex;
  readonly approvals: Approvals;
}

function specialUuid(remote: string, { config }: OpenAnnex): Uuid {
  const uuid = remoteUuid(remote, config, 'annex-config-uuid') ?? remoteUuid(remote, config);
  if (uuid === undefined) {
    throw new UserError(
      `there is no remote ${remote} here with an annex-uuid; "git remote" lists them.`,
    );
  }
  if (specialTypeOf(remote, config) === undefined) {
    throw new UserError(
      `${remote} is a repository and no special remote: nothing is to be approved of it.`,
    );
  }
  return uuid;
}

async function show({ remote, uuid, annex, approvals }: Subject): Promise<void> {
  const logged = (await readRemoteLines(annex.branch)).get(uuid);
  if (logged === undefined) {
    throw new UserError(`the git-annex branch has no settings of ${remote} (${uuid}).`);
  }
  const approved = (await approvals.read()).get(uuid);
  console.log(`${remote} (${uuid}) is set up like this in the git-annex branch:`);
  const known = approved === undefined ? undefined : remoteSettings(approved);
  const lines = settingLines(remoteSettings(logged), known);
  for (const line of lines) console.log(`  ${line}`);
  const isSame = known !== undefined && lines.every((line) => line.startsWith(' '));
  if (isSame && !waits(remote, annex)) {
    console.log('These settings are approved.');
    return;
  }
  const id = await approvals.show(logged);
  console.log(
    `${approved === undefined ? 'None are approved yet.' : 'Marked lines differ from what is approved.'} ` +
      `If they are safe to be used: ballast verifyremote ${remote} --safe ${id}`,
  );
}

function waits(remote: string, { config }: OpenAnnex): boolean {
  return /^(?:manual|automatic)$/.test(config.get(`remote.${remote}.annex-verified`) ?? '');
}

async function approve({ remote, uuid, annex, approvals }: Subject, id: string): Promise<void> {
  const line = await approvals.shown(id);
  if (line === undefined) {
    throw new UserError(
      `no settings were shown under the ID ${id}; "ballast verifyremote ${remote}" shows them.`,
    );
  }
  await approvals.approve(new Map([[uuid, line]]));
  const name = `remote.${remote}.annex-verified`;
  await thisMachine.configurations.set(annex.directory, { name, value: 'verified' });
  console.log(`approved: ${remote} is used with the settings that were shown as ${id}.`);
}

/** Settings that nobody is to read over an administrator's shoulder. */
const secrets: ReadonlySet<string> = new Set(['cipher', 's3creds', 'davcreds']);

/** Each setting, marked when it was not approved so; then those that were approved and are gone. */
function settingLines(
  now: ReadonlyMap<string, string>,
  approved: ReadonlyMap<string, string> | undefined,
): readonly string[] {
  const shown = (name: string, value: string): string =>
    `${name}=${secrets.has(name) ? '(secret)' : value}`;
  const mark = (name: string, value: string): string => {
    if (approved === undefined || approved.get(name) === value) return ' ';
    return approved.has(name) ? '~' : '+';
  };
  const gone = [...(approved ?? [])].filter(([name]) => !now.has(name));
  return [
    ...[...now].map(([name, value]) => {
      const before = approved?.get(name);
      const was = mark(name, value) === '~' ? `  (approved: ${shown(name, before ?? '')})` : '';
      return `${mark(name, value)} ${shown(name, value)}${was}`;
    }),
    ...gone.map(([name, value]) => `- ${shown(name, value)}`),
  ];
}
