import { decodeText } from '../../units/index.ts';

/** One ref that a push wants changed (gitprotocol-pack(5), "Reference Update Request"). */
export interface PushCommand {
  /** Where the pusher saw the ref; zeros for nowhere. */
  readonly from: string;
  /** Where it is to be; zeros for nowhere. */
  readonly to: string;
  readonly ref: string;
}

/** What one packet of a list of commands says. */
export type ListLine =
  | {
      readonly kind: 'command';
      readonly command: PushCommand;
      /** What follows a NUL; `undefined` when there is none. */
      readonly capabilities: string | undefined;
    }
  | { readonly kind: 'shallow'; readonly commit: string };

/**
 * What a packet says, as git reads it: without one line end, object names in either case.
 * `undefined` for all that is not wholly of one form; git reads some of that, each in its own way.
 */
export function listLineOf(payload: Uint8Array): ListLine | undefined {
  const text = decodeText(payload).replace(/\n$/, '');
  const shallow = shallowShape.exec(text)?.[1];
  if (shallow !== undefined) return { kind: 'shallow', commit: shallow.toLowerCase() };
  const [, from, to, ref, capabilities] = commandShape.exec(text) ?? [];
  if (from === undefined || to === undefined || ref === undefined) return undefined;
  if (from.length !== to.length) return undefined;
  const command = { from: from.toLowerCase(), to: to.toLowerCase(), ref };
  return { kind: 'command', command, capabilities };
}

/** Control characters and blanks are in no ref's name (git-check-ref-format(1)). */
const commandShape =
  /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([^\0-\u0020\u007f]+)(?:\0([^]*))?$/i;

const shallowShape = /^shallow ([0-9a-f]{40}|[0-9a-f]{64})$/i;

/** The packet for a command, in the one form that we give git. */
export function lineOfCommand(command: PushCommand, capabilities: readonly string[]): string {
  const { from, to, ref } = command;
  return `${from} ${to} ${ref}${capabilities.length > 0 ? `\0 ${capabilities.join(' ')}` : ''}`;
}

/** What `git receive-pack` knows of; it takes no notice of anything else (gitprotocol-capabilities(5)). */
const knownCapability =
  /^(?:report-status(?:-v2)?|side-band-64k|quiet|atomic|push-options|delete-refs|ofs-delta|object-format=[a-z0-9]+|(?:agent|session-id)=[!-~]+)$/;

/** The capabilities in what follows a NUL that git knows, each once. */
export function capabilitiesIn(text: string): readonly string[] {
  return [...new Set(text.split(/[ \t\n]/).filter((word) => knownCapability.test(word)))];
}

/** Whether a command asks that its ref go. */
export function isDeletion({ to }: PushCommand): boolean {
  return /^0+$/.test(to);
}

/**
 * Whether a ref is one that git-annex, and we, merge into the git-annex branch: one of that name in
 * any place but among tags (spec/git-annex-branch.md section 3.4). In whatever case, as file systems may not tell
 * these apart.
 */
export function isAnnexRef(ref: string): boolean {
  return /^refs\/(?!tags\/)(?:.*\/)?git-annex$/is.test(ref);
}
