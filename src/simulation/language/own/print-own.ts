import type { OwnCommand } from './own-command.ts';
import { printDuration } from '../duration.ts';
import { printSize } from '../print-size.ts';

/** The words of the line of a command that git-annex lacks. */
export function wordsOfOwnCommand(command: OwnCommand): readonly string[] {
  const { kind } = command;
  switch (kind) {
    case 'inituuid':
    case 'initremoteuuid':
      return [kind, command.name, command.uuid];
    case 'addkey':
      return [kind, command.file, command.key, ...command.repositories];
    case 'remove':
      return [kind, command.file];
    case 'rename':
      return [kind, command.file, command.name];
    case 'speed': {
      const { left, arrow, right, bytesPerSecond, latencyMs } = command;
      const speed = `${printSize(bytesPerSecond)}/s`;
      return [kind, left, arrow, right, speed, printDuration(latencyMs)];
    }
    case 'disk':
      return [kind, command.repository, printSize(command.sizeBytes)];
    case 'down':
    case 'up':
    case 'lose':
    case 'endoutages':
      return [kind, command.repository];
    case 'outages': {
      const { repository, upMs, downMs } = command;
      return [kind, repository, printDuration(upMs), printDuration(downMs)];
    }
    case 'partition':
      return [kind, ...command.sides.flatMap((side, index) => (index > 0 ? ['|', ...side] : side))];
    case 'heal':
      return [kind];
    case 'via':
      return [kind, command.node, command.repository];
    case 'arrivals': {
      const { suffix, leastBytes, mostBytes, sizes, times, intervalMs, repositories } = command;
      const sized = [suffix, printSize(leastBytes), printSize(mostBytes), sizes];
      return [kind, ...sized, times, printDuration(intervalMs), ...repositories];
    }
    case 'endarrivals':
      return [kind, command.suffix];
    case 'syncevery':
    case 'wait':
    case 'waitstable':
      return [kind, printDuration(command.durationMs)];
  }
}
