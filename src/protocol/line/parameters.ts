import { parseUuid, type Uuid } from '../../units/index.ts';
import {
  requestFields,
  lineInteger,
  lineText,
  type FieldValues,
  type LineFieldName,
  type LineForm,
} from '../fields.ts';
import type { ReplyValues } from '../replies.ts';
import { Unreadable, type Readable } from '../unreadable.ts';

/** What a service of git can be asked for. */
export type GitService = 'git-upload-pack' | 'git-receive-pack';

/** What lines are made of: fields of requests and replies, and what only sessions have. */
export interface ParameterValues
  extends Pick<FieldValues, LineFieldName>,
    Pick<ReplyValues, 'seconds'> {
  readonly token: string;
  readonly serverUuid: Uuid;
  /** As asked for; `negotiateVersion` makes a version of it. */
  readonly version: number;
  readonly uuids: readonly Uuid[];
  readonly service: GitService;
  readonly exitCode: number;
  /** The commits that changed refs point at now. */
  readonly refs: readonly string[];
  /** What went wrong, for people. */
  readonly text: string;
}

/** The names of what messages on a line are made of. */
export type ParameterName = keyof ParameterValues;

/** How each parameter stands on a line. */
const parameters: { readonly [Name in ParameterName]: LineForm<ParameterValues[Name]> } = {
  key: requestFields.key.line,
  clientUuid: requestFields.clientUuid.line,
  associatedFile: requestFields.associatedFile.line,
  offsetBytes: requestFields.offsetBytes.line,
  timestampSeconds: requestFields.timestampSeconds.line,
  lengthBytes: requestFields.lengthBytes.line,
  seconds: lineInteger,
  token: lineText,
  serverUuid: { read: readUuid, write: (uuid) => uuid },
  version: lineInteger,
  uuids: listOf(readUuid),
  service: {
    read: (text) => (isService(text) ? text : new Unreadable('no service of git')),
    write: (service) => service,
  },
  exitCode: lineInteger,
  refs: listOf((text) => text),
  text: lineText,
};

/** How a parameter stands on a line. */
export function lineForm<Name extends ParameterName>(name: Name): LineForm<ParameterValues[Name]> {
  return parameters[name];
}

function readUuid(text: string): Readable<Uuid> {
  return parseUuid(text) ?? new Unreadable('not a UUID');
}

function isService(text: string): text is GitService {
  return text === 'git-upload-pack' || text === 'git-receive-pack';
}

/** Words with blanks between them; none at all is an empty list. */
function listOf<Item extends string>(
  read: (text: string) => Readable<Item>,
): LineForm<readonly Item[]> {
  return {
    read: (text) => {
      const items: Item[] = [];
      for (const word of text.split(' ')) {
        if (word === '') continue;
        const item = read(word);
        if (item instanceof Unreadable) return item;
        items.push(item);
      }
      return items;
    },
    write: (items) =>
      items.some((item) => item === '' || item.includes(' '))
        ? new Unreadable('an item of the list is empty or holds a blank')
        : items.join(' '),
  };
}
