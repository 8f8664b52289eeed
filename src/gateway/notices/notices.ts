import type { Warn } from './warn.ts';

/** What a notice is about; a label of metrics, so there are few. */
export type NoticeKind =
  /** A repository, setting or node that is not treated as git-annex would. */
  | 'unsupported'
  /** A node that does not answer, or is not there. */
  | 'node'
  /** A git-annex branch or journal that cannot be written, or not be read whole. */
  | 'branch'
  /** Contents that are not what their keys say, or fewer than were asked for. */
  | 'content';

/** Something that somebody should know of, or mend, although requests are answered. */
export interface Notice {
  readonly kind: NoticeKind;
  /** What tells it from others of its kind: a node's name, a setting. */
  readonly subject: string;
  /** A sentence for people. Anybody may read it in `/healthz`, so it names no directories. */
  readonly text: string;
  /** How many it is about now. It is shown with the text, and its change alone is not told of. */
  readonly figure?: number;
}

/** A notice as people read it. */
export function noticeText({ text, figure }: Notice): string {
  return figure === undefined ? text : `${text}: ${figure}`;
}

/** Most notices that are kept; a repository has far fewer troubles that differ. */
const noticesMax = 1000;

/**
 * The lasting troubles of a gateway. Each is told in the log when it begins, when it changes and
 * when it is over, and is in `/healthz` and in metrics meanwhile.
 */
export class Notices {
  readonly #now = new Map<string, Notice>();
  readonly #warn: Warn;

  constructor(warn: Warn) {
    this.#warn = warn;
  }

  /** A trouble begins, or goes on; the same again is not told again. */
  raise(notice: Notice, error?: unknown): void {
    const name = nameOf(notice);
    const before = this.#now.get(name);
    if (before === undefined && this.#now.size >= noticesMax) return;
    this.#now.set(name, notice);
    if (before?.text !== notice.text) this.#warn(noticeText(notice), error);
  }

  /** A trouble is over; nothing when it was none. */
  clear(notice: Pick<Notice, 'kind' | 'subject'>): void {
    const over = this.#now.get(nameOf(notice));
    if (over === undefined) return;
    this.#now.delete(nameOf(notice));
    this.#warn(`over: ${noticeText(over)}`, undefined);
  }

  /**
   * For troubles that are found out together: what this gives is called with all of them that are
   * now, and those of the call before that are not among them are over.
   */
  source(): (now: readonly Notice[]) => void {
    let told: readonly Notice[] = [];
    return (now) => {
      const names = new Set(now.map(nameOf));
      for (const notice of told) if (!names.has(nameOf(notice))) this.clear(notice);
      for (const notice of now) this.raise(notice);
      told = now;
    };
  }

  /** A source for each subject that turns up. */
  sources<Found>(
    noticesOf: (subject: string, found: Found) => readonly Notice[],
  ): (subject: string, found: Found) => void {
    const sources = new Map<string, (now: readonly Notice[]) => void>();
    return (subject, found) => {
      const source = sources.get(subject) ?? this.source();
      sources.set(subject, source);
      source(noticesOf(subject, found));
    };
  }

  /** The notices of trouble that lasts, oldest first. */
  all(): readonly Notice[] {
    return [...this.#now.values()];
  }
}

function nameOf({ kind, subject }: Pick<Notice, 'kind' | 'subject'>): string {
  return `${kind} ${subject}`;
}
