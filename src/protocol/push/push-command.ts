import { decodeText } from '../../units/index.ts';

/** One ref that a push wants changed (gitprotocol-pack(5), "Reference Update Request"). */
export interface PushCommand {
  /** Where the pusher saw the ref; zeros for nowhere. */
  readonly from: string;
  /** Where it is to be; zeros for nowhere. */
  readonly to: string;
  readonly ref: string;
}

/** A command with the rest of its packet: capabilities after a NUL, or a line end. */
export interface CommandLine {
  readonly command: PushCommand;
  readonly rest: string;
}

/** The command in a packet; `undefined` for what git will take for none. */
export function commandLineOf(payload: Uint8Array): CommandLine | undefined {
  const text = decodeText(payload);
  const [, from, to, ref, rest = ''] = commandShape.exec(text) ?? [];
  if (from === undefined || to === undefined || ref === undefined) return undefined;
  return { command: { from, to, ref }, rest };
}

/** Git takes one line end away from the end of a packet, and reads names up to a NUL. */
const commandShape =
  /^([0-9a-f]{40}|[0-9a-f]{64}) ([0-9a-f]{40}|[0-9a-f]{64}) ([^\0]+?)(\n?|\0[^]*)$/i;

/** The capabilities behind the first NUL of a packet. */
export function capabilitiesOf(payload: Uint8Array): readonly string[] {
  const text = decodeText(payload);
  const start = text.indexOf('\0');
  return start < 0
    ? []
    : text
        .slice(start + 1)
        .split(/[ \n]/)
        .filter(Boolean);
}

/** Whether a command asks that its ref go. */
export function isDeletion({ to }: PushCommand): boolean {
  return /^0+$/.test(to);
}

/**
 * Whether a ref is one that git-annex, and we, merge into the git-annex branch: one of that name in
 * any place (spec/git-annex-branch.md section 3.4). In whatever case, as file systems may not tell
 * these apart.
 */
export function isAnnexRef(ref: string): boolean {
  return /^refs\/(?:.*\/)?git-annex$/is.test(ref);
}
