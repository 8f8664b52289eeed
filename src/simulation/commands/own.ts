/** What each command does that git-annex's simulator lacks. */
import type { OwnCommand } from '../language/own/own-command.ts';
import { addKey } from '../play/adding.ts';
import { failOrReturn, heal, part, setDisk, setSpeed, via } from './conditions.ts';
import { removeFile, renameFile } from './files.ts';
import { done, type Performed, type Play } from '../play/play.ts';
import type { Pause } from '../acts/requests.ts';
import { initUuid } from './repositories.ts';
import { beginArrivals, beginOutages, endArrivals, endOutages, wait } from './timing.ts';

export function* performOwn(command: OwnCommand, play: Play): Generator<Pause, Performed> {
  switch (command.kind) {
    case 'inituuid':
    case 'initremoteuuid':
      return initUuid(command, play);
    case 'addkey':
      return addKey(command, play);
    case 'remove':
      return removeFile(command, play);
    case 'rename':
      return renameFile(command, play);
    case 'speed':
      return setSpeed(command, play);
    case 'disk':
      return setDisk(command, play);
    case 'down':
    case 'up':
    case 'lose':
      return failOrReturn(command, play);
    case 'outages':
      return beginOutages(command, play);
    case 'endoutages':
      return endOutages(command, play);
    case 'partition':
      return part(command, play);
    case 'heal':
      return heal(play);
    case 'via':
      return via(command, play);
    case 'arrivals':
      return beginArrivals(command, play);
    case 'endarrivals':
      return endArrivals(command, play);
    case 'syncevery':
      play.clockwork.syncEveryMs = command.durationMs;
      return done;
    case 'wait':
    case 'waitstable':
      return yield* wait(command, play);
  }
}
