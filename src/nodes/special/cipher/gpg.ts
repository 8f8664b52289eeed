import type { ByteStream } from '../../../stream/index.ts';
import type { PieceDeposit } from '../pieces/piece-store.ts';
import { GpgChild, type GpgRecipe } from './gpg-child.ts';

/** Bytes that a message with a secret may have. */
const messageBytesMax = 1_000_000;

/**
 * The gpg program of the gateway (spec/special-remotes.md section 4.3), with the keys of who runs it. It asks
 * nobody for anything: what it cannot do without a person, it cannot do here.
 */
export class Gpg {
  readonly #program: string;

  /** @param program `gpg.program` of git config. Default: the gpg of the path. */
  constructor(program = 'gpg') {
    this.#program = program;
  }

  /** What comes out when all of a stream goes in. It fails at its end when gpg does not end well. */
  through(stream: ByteStream, recipe: GpgRecipe): ByteStream {
    const child = (): GpgChild => new GpgChild(this.#program, recipe);
    let running: GpgChild | undefined;
    return {
      lengthBytes: undefined,
      async *[Symbol.asyncIterator]() {
        running = child();
        const fed = feed(running, stream);
        // Awaited below; who reads may take a while to ask for what comes next.
        fed.catch(() => undefined);
        try {
          yield* running.output();
          await fed;
          await running.succeeded();
        } finally {
          running.kill();
          await fed.catch(() => undefined);
        }
      },
      close: async () => {
        running?.kill();
        await stream.close();
      },
    };
  }

  /** A deposit of what comes out of gpg of what goes in. */
  into(deposit: PieceDeposit, recipe: GpgRecipe): PieceDeposit {
    const child = new GpgChild(this.#program, recipe);
    const stored = store(child, deposit);
    // Whoever writes, commits or gives up hears of it.
    stored.catch(() => undefined);
    return {
      write: async (bytes) => {
        const isTaken = await Promise.race([child.write(bytes), stored.then(() => false)]);
        if (!isTaken) await stored;
      },
      commit: async () => {
        child.endInput();
        await stored;
        await child.succeeded();
        await deposit.commit();
      },
      abandon: async () => {
        child.kill();
        await stored.catch(() => undefined);
        await deposit.abandon();
      },
    };
  }

  /** What gpg makes of a short message. */
  async ofMessage(message: Uint8Array, recipe: GpgRecipe): Promise<Buffer> {
    const child = new GpgChild(this.#program, recipe);
    try {
      const written = child.write(message).then(() => child.endInput());
      written.catch(() => undefined); // how it ended says why
      const pieces: Uint8Array[] = [];
      let sizeBytes = 0;
      for await (const piece of child.output()) {
        sizeBytes += piece.length;
        if (sizeBytes > messageBytesMax) throw new Error('gpg says far too much');
        pieces.push(piece);
      }
      await child.succeeded();
      return Buffer.concat(pieces);
    } finally {
      child.kill();
    }
  }
}

async function feed(child: GpgChild, stream: ByteStream): Promise<void> {
  try {
    for await (const piece of stream) {
      // Of a gpg that has ended, its end says why.
      if (!(await child.write(piece))) return;
    }
    child.endInput();
  } catch (error) {
    child.kill();
    throw error;
  } finally {
    await stream.close();
  }
}

/** Stores what comes out; ends when no more does. */
async function store(child: GpgChild, deposit: PieceDeposit): Promise<void> {
  try {
    for await (const piece of child.output()) await deposit.write(piece);
  } catch (error) {
    child.kill();
    throw error;
  }
  await child.succeeded();
}
