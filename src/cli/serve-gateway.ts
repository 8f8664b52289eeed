import { Gateway, makeServer, type AccessOptions, type GatewayLimits } from '../gateway/index.ts';
import { listen } from './listen.ts';
import { openLog } from './log.ts';
import { endServer, untilStopped } from './until-stopped.ts';
import type { ListenOptions } from './verbs/listen-options.ts';

export interface ServeOptions {
  /** The gateway's repository. */
  readonly repository: string;
  /** The name under which git finds it. */
  readonly repositoryName: string;
  readonly listen: ListenOptions;
  readonly access: AccessOptions;
  /** Limits that are not as usual. */
  readonly limits?: Partial<GatewayLimits> | undefined;
  /** Called once clients can connect. */
  readonly ready: (at: { readonly host: string; readonly port: number }) => void;
}

/**
 * Serves a repository until the program is told to stop; then leaves everything durable, or exits
 * with 1 when that hangs.
 */
export async function serveGateway(options: ServeOptions): Promise<void> {
  const warn = openLog();
  const gateway = await Gateway.open(options.repository, { warn, limits: options.limits ?? {} });
  const server = makeServer(gateway, {
    access: options.access,
    repositoryName: options.repositoryName,
  });
  try {
    const port = await listen(server, options.listen, (error) => {
      warn('a connection could not be taken', error);
    });
    options.ready({ host: hostFor(options.listen.bind), port });
  } catch (error) {
    await gateway.close();
    throw error;
  }
  await untilStopped();
  if ((await endServer(server, () => gateway.close())) === 'ended') return;
  console.error(
    'ballast: it did not end cleanly, as something hung; what was stored is safe, ' +
      'and the next start goes on from there.',
  );
  process.exit(1);
}

/** How people reach an address: loopback by its name, an IPv6 address in brackets. */
function hostFor(bind: string): string {
  if (['127.0.0.1', '::1', '0.0.0.0', '::'].includes(bind)) return 'localhost';
  return bind.includes(':') ? `[${bind}]` : bind;
}
