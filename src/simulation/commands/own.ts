/** What each command does that git-annex's simulator lacks. */
import type { OwnCommand } from '../language/own/own-command.ts';
import { addKey } from '../state/adding.ts';
import { failOrReturn, heal, part, setDisk, setSpeed, via } from './conditions.ts';
import { removeFile, renameFile } from './files.ts';
import { done, type Performed, type SimulationState } from '../state/state.ts';
import type { Pause } from '../acts/requests.ts';
import { initUuid } from './repositories.ts';
import { beginArrivals, beginOutages, endArrivals, endOutages, wait } from './timing.ts';

export function* performOwn(
  command: OwnCommand,
  state: SimulationState,
): Generator<Pause, Performed> {
  switch (command.kind) {
    case 'inituuid':
    case 'initremoteuuid':
      return initUuid(command, state);
    case 'addkey':
      return addKey(command, state);
    case 'remove':
      return removeFile(command, state);
    case 'rename':
      return renameFile(command, state);
    case 'speed':
      return setSpeed(command, state);
    case 'disk':
      return setDisk(command, state);
    case 'down':
    case 'up':
    case 'lose':
      return failOrReturn(command, state);
    case 'outages':
      return beginOutages(command, state);
    case 'endoutages':
      return endOutages(command, state);
    case 'partition':
      return part(command, state);
    case 'heal':
      return heal(state);
    case 'via':
      return via(command, state);
    case 'arrivals':
      return beginArrivals(command, state);
    case 'endarrivals':
      return endArrivals(command, state);
    case 'syncevery':
      state.clockwork.syncEveryMs = command.durationMs;
      return done;
    case 'wait':
    case 'waitstable':
      return yield* wait(command, state);
  }
}
