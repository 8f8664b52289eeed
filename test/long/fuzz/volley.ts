import { connect } from 'node:net';

/** What is sent on one connection: requests that follow each other, and what may break it off. */
export interface Salvo {
  readonly framed: readonly Buffer[];
  readonly broken: Buffer;
  /** Destroys the connection in place of closing it. */
  readonly breaksOff: boolean;
}

/** What came back. */
export interface Volley {
  /** How often each status was answered. */
  readonly statuses: ReadonlyMap<string, number>;
  /** Requests that were answered, and the broken one, which may not be. */
  readonly requests: number;
  /** Where the server left the connection open in time: the request that was not answered. */
  readonly stuckAt: string;
}

/**
 * Sends all requests at once on a connection of its own, waits for their answers, sends what is
 * broken, closes its side, and waits until the server closes its.
 */
export function fire(port: number, salvo: Salvo, limitMs: number): Promise<Volley> {
  return new Promise((resolve) => {
    const statuses = new Map<string, number>();
    let answers = 0;
    let stuckAt = '';
    let rest = '';
    const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true });
    const timer = setTimeout(() => {
      const waiting = salvo.framed[answers] ?? salvo.broken;
      stuckAt = `after ${answers}: ${JSON.stringify(waiting.toString('latin1'))}`;
      socket.destroy();
    }, limitMs);
    socket.on('data', (piece: Buffer) => {
      const text = rest + piece.toString('latin1');
      const before = answers;
      for (const [, status = ''] of text.matchAll(/HTTP\/1\.1 (\d{3}) /g)) {
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status !== '100') answers += 1;
      }
      rest = text.slice(-12); // shorter than what is looked for, which so is found once
      if (before < salvo.framed.length && answers >= salvo.framed.length) finish();
    });
    socket.on('error', () => undefined); // it may be refused in the middle
    socket.on('end', () => socket.end());
    socket.on('close', () => {
      clearTimeout(timer);
      resolve({ statuses, stuckAt, requests: Math.min(answers, salvo.framed.length) + 1 });
    });
    const finish = (): void => {
      socket.write(salvo.broken, () => {
        if (salvo.breaksOff) socket.destroy();
        else socket.end();
      });
    };
    socket.write(Buffer.concat(salvo.framed));
    if (salvo.framed.length === 0) finish();
  });
}
