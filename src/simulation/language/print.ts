/** Commands as the log has them (spec/sim.md section 4.5). */
import type { Action, Command, Link } from './command.ts';
import { wordsOfOwnCommand } from './own/print-own.ts';
import { printSize } from './print-size.ts';

/** The line of a command; sizes and numbers in the one form that the log has. */
export function printCommand(command: Command): string {
  return wordsOfCommand(command).join(' ');
}

/** The words of that line; those of an expression are one. */
export function wordsOfCommand(command: Command): readonly string[] {
  const { kind } = command;
  switch (kind) {
    case 'blank':
      return [''];
    case 'comment':
      return [command.text];
    case 'init':
    case 'initremote':
      return [kind, command.name];
    case 'use':
      return [kind, command.name, command.words];
    case 'connect':
    case 'disconnect':
      return [kind, ...wordsOfLinks(command.links)];
    case 'add':
      return [kind, command.file, printSize(command.sizeBytes), ...command.repositories];
    case 'addmulti': {
      const { count, suffix, leastBytes, mostBytes, repositories } = command;
      const sizes = [printSize(leastBytes), printSize(mostBytes)];
      return [kind, String(count), suffix, ...sizes, ...repositories];
    }
    case 'addtree':
      return [kind, command.repository, command.expression];
    case 'step':
    case 'stepstable':
    case 'numcopies':
    case 'mincopies':
      return [kind, String(command.count)];
    case 'action':
      return command.actions.flatMap(wordsOfAction);
    case 'seed':
      return [kind, String(command.seed)];
    case 'present':
    case 'notpresent':
      return [kind, command.repository, command.file];
    case 'trustlevel':
      return [kind, command.repository, command.level];
    case 'group':
    case 'ungroup':
      return [kind, command.repository, command.group];
    case 'wanted':
    case 'required':
    case 'groupwanted':
      return [kind, command.target, command.expression];
    case 'randomwanted':
    case 'randomrequired':
    case 'randomgroupwanted':
      return [kind, command.target, ...command.terms];
    case 'maxsize':
      return [kind, command.repository, printSize(command.sizeBytes)];
    case 'rebalance':
      return [kind, command.isOn ? 'on' : 'off'];
    case 'clusternode':
      return [kind, command.name, command.repository];
    case 'metadata':
      return [kind, command.file, command.change.text];
    case 'visit':
      return [kind, command.repository, ...command.words];
    default:
      return wordsOfOwnCommand(command);
  }
}

function wordsOfLinks(links: readonly Link[]): readonly string[] {
  return links.flatMap(({ left, arrow, right }, index) =>
    index === 0 ? [left, arrow, right] : [arrow, right],
  );
}

function wordsOfAction(action: Action, index: number): readonly string[] {
  const joined = index === 0 ? [] : ['while'];
  const remote = 'remote' in action ? [action.remote] : [];
  return [...joined, 'action', action.repository, action.operation, ...remote];
}
