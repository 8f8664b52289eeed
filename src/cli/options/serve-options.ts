import { InvalidArgumentError, Option, type Command } from 'commander';
import { defaultLimits } from '../../gateway/index.ts';
import { defaultPeerLimits } from '../../nodes/index.ts';

/** Gives a verb the options of `git annex p2phttp`, apart from those about the port. */
export function withServeOptions(command: Command): Command {
  command
    .option('--socket <PATH>', 'listen on a unix socket, and on no port')
    .option('--directory <DIR>', 'serve every annex below DIR, deep; repeatable', append)
    .option('--certfile <FILE>', 'certificate for https, with --privatekeyfile')
    .option('--privatekeyfile <FILE>', 'private key for https')
    .option('--chainfile <FILE>', 'certificate that vouches for --certfile; repeatable', append)
    .option('--authenv', 'accounts from the environment, over https')
    .option('--authenv-http', 'accounts from the environment, over plain http')
    .option('--wideopen', 'allow everybody everything')
    .option('--unauth-readonly', 'allow everybody to read')
    .option('--unauth-appendonly', 'allow everybody to read and to store, not to remove')
    .option('--unauth-nolocking', 'with --unauth-readonly: do not allow locking')
    .option(
      '--lockedfiles <N>',
      `contents that clients can have locked at once (default: ${defaultLimits.locksMax})`,
      wholeNumber,
    )
    .option(
      '--proxyconnections <N>',
      'connections to each remote node that are kept with nothing to do ' +
        `(default: ${defaultPeerLimits.idleConnectionsMax})`,
      wholeNumber,
    );
  for (const [flags, why, parse] of withoutEffect) command.option(flags, why, parse);
  for (const flags of unmentioned) command.addOption(new Option(flags).hideHelp());
  return command
    .addHelpText('after', accountsHelp)
    .addHelpText('after', '\nOptions without effect are there so that scripts go on.');
}

/** Options that a script may have and that there is nothing here to do for. */
const withoutEffect: readonly (readonly [string, string, (text: string) => unknown])[] = [
  ['-J, --jobs <N>', 'without effect: requests here occupy no workers', jobs],
  ['--cpus <N>', 'without effect: use taskset, or CPUQuota= of systemd', wholeNumber],
  [
    '--clusterjobs <N>',
    'without effect: the nodes of a cluster are written to at once',
    wholeNumber,
  ],
];

/** Options that all commands of git-annex have, and that say how much it prints. */
const unmentioned = ['-q, --quiet', '-v, --verbose', '-d, --debug', '--no-debug', '-F, --fast'];

const accountsHelp = `
Accounts are in the environment: GIT_ANNEX_P2PHTTP_PASSWORD_alice=..., and, for one that may not do
everything, GIT_ANNEX_P2PHTTP_PERMISSIONS_alice=readonly (or appendonly).`;

function append(text: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), nonEmpty(text)];
}

function nonEmpty(text: string): string {
  if (text !== '') return text;
  throw new InvalidArgumentError('It is a path.');
}

/** Negative ones are taken, as by git-annex. */
function wholeNumber(text: string): number {
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('It is a whole number.');
}

function jobs(text: string): number | 'cpus' {
  return text === 'cpus' ? text : wholeNumber(text);
}
