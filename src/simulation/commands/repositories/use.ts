import type { SimulationRequest, UseAnswer, UsedRepository } from '../../acts/requests.ts';
import { notUsable } from '../../acts/troubles.ts';
import { name, textField } from '../../language/fields.ts';
import { badExpressionIn } from '../../state/expressions.ts';
import { done, troubled, type SimulationState } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';
import { takenName } from './taken-name.ts';

/** What the words of `use` say. */
export interface Use {
  readonly name: string;
  /** `here`, the name of a remote, a description or a UUID. */
  readonly words: string;
}

/**
 * `use NAME REPOSITORY`: a repository that exists, with its settings; its view begins empty, and does so again
 * the next time.
 */
export const use: CommandRow<Use> = {
  changes: 'everything',
  fields: { name: name('NAME'), words: textField('REPOSITORY...', 1) },
  *does({ name, words }, state) {
    const taken = takenName(name, state.network);
    if (taken !== undefined) return troubled(taken);
    const answer = yield* ask(name, words);
    if (answer.kind === 'unusable') return troubled(notUsable(name, answer.reason));
    const { settings } = answer.repository;
    for (const expression of [settings.wanted, settings.required]) {
      if (expression === undefined) continue;
      const bad = badExpressionIn(expression, state.dialect);
      if (bad !== undefined) return troubled(bad);
    }
    takeIn(name, answer.repository, state);
    return done;
  },
};

/** What the program around answers; nothing stands for a repository that there is not. */
function* ask(name: string, words: string): Generator<SimulationRequest, UseAnswer> {
  const given: UseAnswer[] = [];
  yield { kind: 'use', name, words, reply: (answer) => given.push(answer) };
  const reason = `there is no available git remote named "${words}"`;
  return given.at(-1) ?? { kind: 'unusable', reason };
}

function takeIn(
  name: string,
  { uuid, settings, groupwanted }: UsedRepository,
  state: SimulationState,
): void {
  const { network, views } = state;
  const known = network.repositories.findIndex((repository) => repository.uuid === uuid);
  if (known < 0) {
    views.add();
    network.add(name, uuid, settings);
  } else {
    views.clear(known);
    network.rename(known, name);
  }
  for (const [group, expression] of groupwanted ?? []) {
    network.setGroupwanted(group, expression);
  }
}
