import { pino } from 'pino';
import { Gateway, makeServer, type AccessOptions } from '../gateway/index.ts';
import { listen } from './listen.ts';
import { untilStopped } from './until-stopped.ts';
import type { ListenOptions } from './verbs/listen-options.ts';

export interface ServeOptions {
  /** The gateway's repository. */
  readonly repository: string;
  /** The name under which git finds it. */
  readonly repositoryName: string;
  readonly listen: ListenOptions;
  readonly access: AccessOptions;
  /** Called once clients can connect. */
  readonly ready: (at: { readonly host: string; readonly port: number }) => void;
}

/** Serves a repository until the program is told to stop; then leaves everything durable. */
export async function serveGateway(options: ServeOptions): Promise<void> {
  const log = pino({ level: 'warn' }, pino.destination({ dest: 2, sync: true }));
  const gateway = await Gateway.open(options.repository, {
    warn: (message, error) => log.warn({ error: messageOf(error) }, message),
  });
  try {
    const server = makeServer(gateway, {
      access: options.access,
      repositoryName: options.repositoryName,
    });
    const port = await listen(server, options.listen);
    options.ready({ host: hostFor(options.listen.bind), port });
    await untilStopped(server);
  } finally {
    await gateway.close();
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** How people reach an address: loopback by its name, an IPv6 address in brackets. */
function hostFor(bind: string): string {
  if (['127.0.0.1', '::1', '0.0.0.0', '::'].includes(bind)) return 'localhost';
  return bind.includes(':') ? `[${bind}]` : bind;
}
