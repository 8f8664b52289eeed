import { timeoutSignal, type Clock } from '../../../clock/index.ts';
import { machineClock, runGit } from '../../../repository/index.ts';
import type { CredentialPlace } from './annex-url.ts';
import { defaultPeerLimits, type PeerBounds, type PeerLimits } from '../peer-limits.ts';

/** Where the value of `Authorization` comes from. */
export interface Credentials {
  /** The value to be sent now; `undefined` before anything was asked for. */
  readonly authorization: string | undefined;
  /**
   * A server answered 401 to a request with this value: the one to try next, or `undefined` when
   * there is none.
   */
  refused(authorization: string | undefined): Promise<string | undefined>;
  /** A server took this value. */
  accepted(authorization: string): Promise<void>;
}

/** The credentials of nobody: requests carry none. */
export const noCredentials: Credentials = {
  authorization: undefined,
  refused: () => Promise.resolve(undefined),
  accepted: () => Promise.resolve(),
};

/** Longest answer of the helpers that is taken for one, bytes. */
const answerBytesMax = 65_536;

interface Filled {
  readonly authorization: string;
  /** All that the helpers said, which they want to hear again. */
  readonly text: string;
}

/** Only one question at a time for the whole process: two prompts on one terminal would mix. */
let asking: Promise<unknown> = Promise.resolve();

/** Where {@link GitCredentials} asks, and for what. */
export interface GitCredentialsOptions {
  readonly place: CredentialPlace;
  /** Whose configuration names the helpers: a repository. */
  readonly directory: string;
  /** Whether a person may be asked. Default: false. */
  readonly isInteractive?: boolean;
  readonly limits?: Partial<PeerLimits>;
  /** Default: that of this machine. */
  readonly clock?: Clock | undefined;
}

/**
 * User and password from git's credential helpers, by `git credential` (spec/p2p-http.md section
 * 6): asked for at the first 401, approved when a server takes them, rejected when it does not.
 * They are never part of an error.
 */
export class GitCredentials implements Credentials {
  readonly #options: GitCredentialsOptions;
  readonly #limits: PeerBounds;
  #filled: Filled | undefined;
  #filling: Promise<Filled | undefined> | undefined;
  #isApproved = false;
  #pauseUntilMs = 0;

  constructor(options: GitCredentialsOptions) {
    this.#options = options;
    this.#limits = {
      ...defaultPeerLimits,
      ...options.limits,
      clock: options.clock ?? machineClock,
    };
  }

  get authorization(): string | undefined {
    return this.#filled?.authorization;
  }

  async refused(authorization: string | undefined): Promise<string | undefined> {
    const filled = this.#filled;
    if (filled !== undefined) {
      // Another request has found new ones meanwhile.
      if (filled.authorization !== authorization) return filled.authorization;
      this.#filled = undefined;
      this.#pause();
      await this.#run('reject', filled.text);
      return undefined;
    }
    if (authorization !== undefined || this.#limits.clock.steadyMs() < this.#pauseUntilMs)
      return undefined;
    this.#filling ??= this.#fill().finally(() => {
      this.#filling = undefined;
    });
    return (await this.#filling)?.authorization;
  }

  async accepted(authorization: string): Promise<void> {
    const filled = this.#filled;
    if (this.#isApproved || filled?.authorization !== authorization) return;
    this.#isApproved = true;
    await this.#run('approve', filled.text);
  }

  #pause(): void {
    this.#pauseUntilMs = this.#limits.clock.steadyMs() + this.#limits.credentialPauseMs;
  }

  async #fill(): Promise<Filled | undefined> {
    const { place } = this.#options;
    const text = await this.#run(
      'fill',
      `protocol=${place.protocol}\nhost=${place.host}\npath=${place.path}\n\n`,
    );
    this.#filled = text === undefined ? undefined : filledOf(text);
    this.#isApproved = false;
    if (this.#filled === undefined) this.#pause();
    return this.#filled;
  }

  /** What git prints; `undefined` when it has no answer, which may be for many reasons. */
  #run(what: 'fill' | 'approve' | 'reject', input: string): Promise<string | undefined> {
    const { directory, isInteractive = false } = this.#options;
    const run = async (): Promise<string | undefined> => {
      try {
        const output = await runGit(['credential', what], {
          directory,
          input,
          // An empty program to ask with is none, whatever is configured.
          env: isInteractive ? {} : { GIT_TERMINAL_PROMPT: '0', GIT_ASKPASS: '' },
          signal: timeoutSignal(this.#limits.clock, this.#limits.credentialMs),
        });
        return output.length > answerBytesMax ? undefined : output.toString('latin1');
      } catch {
        // What git says may name the user, and what it was asked for is known.
        return undefined;
      }
    };
    const turn = asking.then(run);
    asking = turn;
    return turn;
  }
}

/** The helpers' answer, with each byte as one character. */
function filledOf(text: string): Filled | undefined {
  const value = (name: string): string | undefined =>
    text
      .split('\n')
      .find((line) => line.startsWith(`${name}=`))
      ?.slice(name.length + 1);
  const [user, password] = [value('username'), value('password')];
  if (user === undefined || password === undefined) return undefined;
  const base64 = Buffer.from(`${user}:${password}`, 'latin1').toString('base64');
  return { authorization: `Basic ${base64}`, text: text.endsWith('\n') ? text : `${text}\n` };
}
