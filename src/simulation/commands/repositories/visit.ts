/** `visit REPO COMMAND...`: runs a command in a repository that knows what this one knows, or a shell. */
import type { SimulationRequest } from '../../acts/requests.ts';
import { unknownRepository } from '../../acts/troubles.ts';
import { repository, wordsField } from '../../language/fields.ts';
import { done, troubled } from '../../state/state.ts';
import type { CommandRow } from '../row.ts';

/** What the words of `visit` say. */
export interface Visit {
  readonly repository: string;
  /** Without words an interactive shell is meant. */
  readonly words: readonly string[];
}

/** "Logged only when it exits 0", and when it does not, all ends (spec/sim.md section 4.2). */
export const visit: CommandRow<Visit> = {
  isUnlogged: true,
  changes: 'nothing',
  fields: { repository, words: { ...wordsField('COMMAND...', 0), isText: true } },
  *does({ repository: name, words }, state) {
    const repository = state.network.find(name);
    if (repository === undefined) return troubled(unknownRepository(name, state.network));
    const { uuid } = state.network.repository(repository);
    state.evaluator.beginAttempt();
    const status = yield* statusOf({ repository: name, uuid, words });
    if (words.length === 0) return done;
    if (status !== 0) {
      state.say(`Command ${words.join(' ')} exited nonzero.`);
      return { kind: 'exit', status };
    }
    state.history.addCommand(['visit', name, ...words]);
    return done;
  },
};

type Asked = Omit<Extract<SimulationRequest, { kind: 'visit' }>, 'kind' | 'reply'>;

function* statusOf(asked: Asked): Generator<SimulationRequest, number> {
  const answer = { status: 0 };
  yield { kind: 'visit', ...asked, reply: (given) => (answer.status = given) };
  return answer.status;
}
