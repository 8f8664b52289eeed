import { hashDirectoryLower, hashDirectoryMixed, parseKey, type Key } from '../../../key/index.ts';
import { isLoggable, nativeMd5 } from '../../../repository/index.ts';
import type { Uuid } from '../../../units/index.ts';
import type { LoginPair } from './program-credentials.ts';
import type { ProgramLogs } from './program-logs.ts';
import { cutWord } from './program-words.ts';

/** What a program may know of where it works. */
export interface ProgramSurroundings {
  readonly uuid: Uuid;
  readonly remote: string;
  readonly gitDirectory: string;
  /** The settings of remote.log. */
  readonly values: ReadonlyMap<string, string>;
  readonly credentials: {
    find(name: string): Promise<LoginPair | undefined>;
    set(name: string, pair: LoginPair): Promise<void>;
  };
  readonly logs: ProgramLogs;
}

/** How long what a program notes of a key, or wants, may be, characters. */
const notedLengthMax = 4000;

/** How many settings a program may change for itself. */
const changedSettingsMax = 1000;

type Answer = readonly string[] | Promise<readonly string[]>;

/**
 * Answers what a program asks while it works on a request (spec/special-remotes.md section 7.2). What it asks for and
 * is not there is named afterwards by `lacking`, for the error that may follow.
 */
export class ProgramQuestions {
  readonly #at: ProgramSurroundings;
  readonly #changed = new Map<string, string>();
  readonly #lacking = new Set<string>();

  constructor(at: ProgramSurroundings) {
    this.#at = at;
  }

  /** What would have helped, as the end of a sentence; empty when nothing lacked. */
  get lacking(): string {
    return [...this.#lacking].join(', ');
  }

  /**
   * The lines that answer a question; `undefined` for what is none.
   *
   * @throws Error for one that asks for too much.
   */
  answer(name: string, rest: string): Answer | undefined {
    return Object.hasOwn(this.#answers, name) ? this.#answers[name]?.(rest) : undefined;
  }

  readonly #answers: Readonly<Record<string, (rest: string) => Answer>> = {
    GETCONFIG: (name) => [`VALUE ${this.#setting(name)}`],
    SETCONFIG: (rest) => this.#setSetting(...cutWord(rest)),
    GETUUID: () => [`VALUE ${this.#at.uuid}`],
    GETGITDIR: () => [`VALUE ${this.#at.gitDirectory}`],
    GETGITREMOTENAME: () => [`VALUE ${this.#at.remote}`],
    GETCREDS: (name) => this.#credentials(name),
    SETCREDS: (rest) => this.#setCredentials(...cutWord(rest)),
    DIRHASH: (rest) => [`VALUE ${hashDirectoryMixed(keyIn(rest), nativeMd5)}`],
    'DIRHASH-LOWER': (rest) => [`VALUE ${hashDirectoryLower(keyIn(rest), nativeMd5)}`],
    GETSTATE: async (rest) => [`VALUE ${await this.#at.logs.state(keyIn(rest))}`],
    SETSTATE: (rest) => this.#setState(...cutWord(rest)),
    GETWANTED: async () => [`VALUE ${await this.#at.logs.wanted()}`],
    SETWANTED: async (expression) => {
      assertShort(expression);
      await this.#at.logs.setWanted(expression);
      return [];
    },
    GETURLS: (rest) => this.#urls(...cutWord(rest)),
    SETURLPRESENT: (rest) => this.#setUrl(rest, { mark: '', isPresent: true }),
    SETURLMISSING: (rest) => this.#setUrl(rest, { mark: '', isPresent: false }),
    SETURIPRESENT: (rest) => this.#setUrl(rest, { mark: ':', isPresent: true }),
    SETURIMISSING: (rest) => this.#setUrl(rest, { mark: ':', isPresent: false }),
  };

  /** With the secret that contents are encrypted by, a program could read what it is not to see. */
  #setting(name: string): string {
    if (name === 'cipher') return '';
    return oneLine(this.#changed.get(name) ?? this.#at.values.get(name) ?? '');
  }

  #setSetting(name: string, value = ''): Answer {
    if (this.#changed.size >= changedSettingsMax) throw new Error('changes too many settings');
    this.#changed.set(name, value);
    return [];
  }

  async #credentials(name: string): Promise<readonly string[]> {
    const pair = await this.#at.credentials.find(name);
    if (pair === undefined) this.#lacking.add(`it has no credentials "${name.slice(0, 80)}"`);
    return [`CREDS ${oneLine(pair?.login ?? '')} ${oneLine(pair?.password ?? '')}`];
  }

  async #setCredentials(name: string, rest = ''): Promise<readonly string[]> {
    const [login, password = ''] = cutWord(rest);
    await this.#at.credentials.set(name, { login, password });
    return [];
  }

  async #setState(key: string, value = ''): Promise<readonly string[]> {
    assertShort(value);
    await this.#at.logs.setState(keyIn(key), value);
    return [];
  }

  /** Where a program itself has put a content for everybody. What is not of the web has a mark in the log. */
  async #setUrl(
    rest: string,
    { mark, isPresent }: { readonly mark: '' | ':'; readonly isPresent: boolean },
  ): Promise<readonly string[]> {
    const [key, url = ''] = cutWord(rest);
    assertShort(url);
    if (url === '') throw new Error('wants to note a url and names none');
    await this.#at.logs.setUrl(keyIn(key), { url: `${mark}${url}`, isPresent });
    return [];
  }

  async #urls(key: string, prefix = ''): Promise<readonly string[]> {
    const urls = await this.#at.logs.urls(keyIn(key));
    const asked = urls.filter((url) => url.startsWith(prefix));
    return [...asked, ''].map((url) => `VALUE ${oneLine(url)}`);
  }
}

/** @throws Error for what no log can be about. */
function keyIn(text: string): Key {
  const key = parseKey(text);
  if (key === undefined || !isLoggable(key)) throw new Error('asks about what is no key');
  return key;
}

function assertShort(text: string): void {
  if (text.length <= notedLengthMax) return;
  throw new Error(`wants to note more than ${notedLengthMax} characters`);
}

/** An answer that had an end of line in it would be two. */
function oneLine(text: string): string {
  return text.replace(/[\r\n]/g, ' ');
}
