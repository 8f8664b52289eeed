import { once } from 'node:events';
import { connect, createServer, type AddressInfo } from 'node:net';

/** A way to a port of this machine that can be cut. */
export interface CutLine {
  readonly port: number;
  /** Bytes that clients have sent by way of it. */
  sentBytes(): number;
  /** Cuts all connections, once, when clients have sent so many bytes more; first something else is done. */
  cutAfter(bytes: number, first?: () => void): void;
  close(): void;
}

/** Opens one. */
export async function openCutLine(to: number): Promise<CutLine> {
  let sentBytes = 0;
  let cutAtBytes = Infinity;
  let doFirst = (): void => undefined;
  const cuts = new Set<() => void>();
  const cutAll = (): void => {
    for (const cut of cuts) cut();
  };
  const server = createServer((client) => {
    const onward = connect({ port: to, host: '127.0.0.1' });
    const cut = (): void => {
      cuts.delete(cut);
      client.destroy();
      onward.destroy();
    };
    cuts.add(cut);
    client.on('error', cut).on('close', cut);
    onward.on('error', cut).on('close', cut);
    onward.pipe(client);
    client.pipe(onward);
    client.on('data', (piece) => {
      sentBytes += piece.length;
      if (sentBytes < cutAtBytes) return;
      cutAtBytes = Infinity;
      doFirst();
      cutAll();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port }: Pick<AddressInfo, 'port'> = Object(server.address());
  return {
    port,
    sentBytes: () => sentBytes,
    cutAfter: (bytes, first = () => undefined) => {
      doFirst = first;
      cutAtBytes = sentBytes + bytes;
    },
    close: () => {
      server.close();
      cutAll();
    },
  };
}
