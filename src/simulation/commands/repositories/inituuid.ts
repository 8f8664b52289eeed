import { uuidTaken } from '../../acts/troubles.ts';
import { name } from '../../language/fields.ts';
import { misread } from '../../language/misread.ts';
import { done, troubled, type Performed, type SimulationState } from '../../state/state.ts';
import { parseUuid, type Uuid } from '../../../units/index.ts';
import type { Fields } from '../../language/form.ts';
import type { CommandRow } from '../row.ts';
import { takenName } from './taken-name.ts';

/** What the words of `inituuid` say. */
export interface InitUuid {
  readonly name: string;
  readonly uuid: Uuid;
}

/** A repository by its name and UUID, as `inituuid` and `initremoteuuid` are written. */
export const inituuidFields: Fields<InitUuid> = {
  name: name('NAME'),
  uuid: {
    kind: 'word',
    usage: 'UUID',
    read: (word) => parseUuid(word.text) ?? misread(word, 'UUID', 'a UUID such as git-annex shows'),
    print: String,
  },
};

/** `inituuid NAME UUID`: a repository that has its UUID from a real one, as balanced terms pick by them. */
export const inituuid: CommandRow<InitUuid> = {
  isOwn: true,
  changes: 'repositories',
  fields: inituuidFields,
  does: (real, state) => beginReal(real, false, state),
};

/** Begins a repository, or a special remote, that has the UUID of a real one. */
export function beginReal(
  { name, uuid }: InitUuid,
  isSpecialRemote: boolean,
  { network, views }: SimulationState,
): Performed {
  const taken = takenName(name, network);
  if (taken !== undefined) return troubled(taken);
  const other = network.repositories.find((repository) => repository.uuid === uuid);
  if (other !== undefined) return troubled(uuidTaken(uuid, other.name));
  views.add();
  network.add(name, uuid, { isSpecialRemote });
  return done;
}
