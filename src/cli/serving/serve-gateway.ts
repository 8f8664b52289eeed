import { machineClock } from '../../repository/clock/machine-clock.ts';
import {
  makeServers,
  type AccessOptions,
  type Accounts,
  type HttpServer,
  type NotePush,
  type ServedRepositories,
  type Warn,
} from '../../gateway/index.ts';
import { Server as TlsServer } from 'node:tls';
import { exitAtOnce } from '../../repository/index.ts';
import { listen, type ListenPlace } from './listen.ts';
import { openLog, openPushLog } from '../log.ts';
import { readTlsFiles, versionOfTls, watchTlsFiles, type TlsPaths } from './tls-files.ts';
import { endServers, untilStopped } from '../stopping.ts';
import { openWeb, type WebVerbOptions } from './web-options.ts';

/** How long the process may stay when all is closed, milliseconds. */
const lingerMs = 2_000;

/** What is served, where, to whom, and who is told when that has begun. */
export interface ServeOptions {
  /** Opens what is served. */
  readonly open: (warn: Warn, notePush: NotePush) => Promise<ServedRepositories>;
  readonly places: readonly ListenPlace[];
  readonly access: AccessOptions;
  readonly accounts?: Accounts;
  /** What is served and noted beside the protocol. */
  readonly web?: WebVerbOptions;
  /** Serves over https alone. */
  readonly tls?: TlsPaths | undefined;
  /**
   * Called once clients can connect.
   *
   * @param urls where: `http://localhost:9417`, or `http+unix:` and a path.
   */
  readonly ready: (urls: readonly string[]) => void;
}

/**
 * Serves until the program is told to stop; then leaves everything durable, or exits with 1 when
 * that hangs.
 */
export async function serveGateway(options: ServeOptions): Promise<void> {
  const warn = openLog();
  const tlsVersion = options.tls && (await versionOfTls(options.tls));
  const tls = options.tls && (await readTlsFiles(options.tls));
  const web = openWeb(options.web ?? {}, warn);
  const repositories = await options.open(warn, openPushLog());
  const { access, accounts } = options;
  const settings = { access, accounts, tls, ...web.options };
  const servers = makeServers(repositories, settings, options.places.length);
  const leave = async (): Promise<void> => {
    await repositories.close();
    await web.close();
  };
  let stopped: Promise<void>;
  try {
    const urls = await listenAll(servers, options, warn);
    // Whoever hears that it serves may stop it at once.
    stopped = untilStopped();
    options.ready(urls);
  } catch (error) {
    await endServers(servers, leave);
    throw error;
  }
  const tlsServers = servers.filter((server) => server instanceof TlsServer);
  const unwatch =
    options.tls && watchTlsFiles(options.tls, tlsServers, { warn, used: tlsVersion ?? '' });
  await stopped;
  unwatch?.();
  const gateways = repositories.opened();
  const giveUp = (): void => {
    console.error(`ballast: ${unclean(gateways.flatMap(({ hungNodes }) => hungNodes))}`);
    exitAtOnce(1);
  };
  if ((await endServers(servers, leave)) === 'late') return giveUp();
  // A call that hangs in a disk would keep the process, with nothing left to do.
  machineClock.after(lingerMs, giveUp).unref();
}

function unclean(hung: readonly string[]): string {
  const names = [...new Set(hung)].map((name) => `node ${name}`);
  const what = names.length === 0 ? 'something' : names.join(' and ');
  return (
    `it did not end cleanly, as ${what} hung; what was stored is safe, and the next start goes on ` +
    'from there. Where it is a disk that hangs, the system keeps the process, and what it had ' +
    'locked, until the disk answers.'
  );
}

async function listenAll(
  servers: readonly HttpServer[],
  options: ServeOptions,
  warn: Warn,
): Promise<string[]> {
  const scheme = options.tls === undefined ? 'http' : 'https';
  const urls: string[] = [];
  for (const [index, server] of servers.entries()) {
    const place = options.places[index];
    if (place === undefined) continue;
    const at = await listen(server, place, (error) => {
      warn('a connection could not be taken', error);
    });
    urls.push(at.includes('/') ? `${scheme}+unix:${at}` : `${scheme}://${at}`);
  }
  return urls;
}
