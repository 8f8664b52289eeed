/** Files that go, or get another name: everywhere at once, as adding them does. Contents stay where they are. */
import type { OwnCommand } from '../language/own/own-command.ts';
import { done, troubled, type Performed, type SimulationState } from '../state/state.ts';
import { fileTaken, unknownFile } from '../acts/troubles.ts';

export function removeFile(
  { file: name }: Extract<OwnCommand, { kind: 'remove' }>,
  { contents }: SimulationState,
): Performed {
  const file = contents.file(name);
  if (file === undefined) return troubled(unknownFile(name));
  contents.removeFile(file);
  return done;
}

export function renameFile(
  { file: from, name }: Extract<OwnCommand, { kind: 'rename' }>,
  { contents }: SimulationState,
): Performed {
  const file = contents.file(from);
  if (file === undefined) return troubled(unknownFile(from));
  if (contents.file(name) !== undefined) return troubled(fileTaken(name));
  contents.removeFile(file);
  contents.setFile(name, contents.keyOf(file));
  return done;
}
