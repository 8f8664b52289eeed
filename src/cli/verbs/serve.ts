import type { Command } from 'commander';
import { resolve } from 'node:path';
import { Accounts } from '../../gateway/index.ts';
import { thisMachine } from '../../repository/index.ts';
import { takeInheritedSockets } from '../serving/inherited-sockets.ts';
import type { ListenPlace } from '../serving/listen.ts';
import { refuseNoDirectories, toBeServed } from '../serving/open-served.ts';
import {
  notesOn,
  refuseCombinations,
  type ServeVerbOptions,
} from '../serving/serve-combinations.ts';
import { serveGateway } from '../serving/serve-gateway.ts';
import type { TlsPaths } from '../serving/tls-files.ts';
import { withLimitOptions, type LimitOptions } from '../serving/limit-options.ts';
import { withListenOptions } from '../options/listen-options.ts';
import { withServeOptions } from '../options/serve-options.ts';
import { withRepairOptions, type RepairOptions } from '../serving/repair-options.ts';
import { withScrubOptions, type ScrubOptions } from '../serving/scrub-options.ts';
import { withWebOptions, type WebVerbOptions } from '../serving/web-options.ts';

/** All that the verb may be told. */
type ServeOptionsGiven = ServeVerbOptions &
  WebVerbOptions &
  LimitOptions &
  RepairOptions &
  ScrubOptions;

/** `ballast serve [REPO]`: serves what is there, in the place of `git annex p2phttp`. */
export function addServeVerb(program: Command): void {
  const command = program
    .command('serve')
    .description('serve git-annex repositories, and the nodes and clusters behind them')
    .argument('[REPO]', 'the repository (default: the one here, unless --directory is given)');
  withLimitOptions(
    withScrubOptions(
      withWebOptions(
        withRepairOptions(withServeOptions(withListenOptions(command, { bind: '*' }))),
      ),
    ),
  ).action(async (repository: string | undefined, options: ServeOptionsGiven) => {
    await serve(repository, options, {
      isPortGiven: command.getOptionValueSource('port') === 'cli',
      isBindGiven: command.getOptionValueSource('bind') === 'cli',
    });
  });
}

const scrubBelow =
  'below --directory, contents are checked only of repositories that are in use, each at --scrub-rate.';

async function serve(
  repository: string | undefined,
  options: ServeOptionsGiven,
  given: { readonly isPortGiven: boolean; readonly isBindGiven: boolean },
): Promise<void> {
  const accounts = Accounts.takeFrom(process.env);
  const descriptors = takeInheritedSockets(process.env, process.pid);
  refuseCombinations(options, { ...given, inheritedCount: descriptors.length });
  await thisMachine.places.version();
  await refuseNoDirectories(options.directory ?? []);
  const served = toBeServed(repository, options);
  await serveGateway({
    open: served.open,
    places: placesOf(options, descriptors),
    access: options,
    accounts,
    tls: tlsOf(options),
    web: options,
    ready: (urls) => {
      for (const note of notesOn(options, accounts.count)) console.error(`ballast: ${note}`);
      if (options.scrub !== undefined && options.directory !== undefined) {
        console.error(`ballast: ${scrubBelow}`);
      }
      for (const url of urls) console.log(`ballast serves ${served.describe(url)}`);
    },
  });
}

function placesOf(
  options: ServeVerbOptions,
  descriptors: readonly number[],
): readonly ListenPlace[] {
  if (descriptors.length > 0) {
    return descriptors.map((descriptor) => ({ kind: 'descriptor', descriptor }));
  }
  // As git-annex has it, a socket takes the place of a port, given or not.
  if (options.socket !== undefined) return [{ kind: 'socket', socket: resolve(options.socket) }];
  return [{ kind: 'port', port: options.port, bind: options.bind }];
}

function tlsOf(options: ServeVerbOptions): TlsPaths | undefined {
  const { certfile, privatekeyfile, chainfile = [] } = options;
  if (certfile === undefined || privatekeyfile === undefined) return undefined;
  return { certfile, privatekeyfile, chainfiles: chainfile };
}
