import { unknownRepository } from '../../acts/troubles.ts';
import { done, troubled, type Performed, type SimulationState } from '../../state/state.ts';

/** Where a content shall be, or not. */
export interface Expectation {
  readonly repository: string;
  readonly file: string;
}

/** "Checks REPO's own view of itself; not put in the log, no clock" (spec/sim.md section 4.2). */
export function expectIn(
  { repository: name, file: of }: Expectation,
  isWanted: boolean,
  state: SimulationState,
): Performed {
  const { network, contents, views } = state;
  const repository = network.find(name);
  if (repository === undefined) return troubled(unknownRepository(name, network));
  const file = contents.file(of);
  if (file === undefined) {
    const wish = isWanted ? 'to be present' : 'to not be present';
    return failed(
      `Expected ${of} ${wish} in ${name}, but the simulation does not include that file.`,
    );
  }
  const isPresent = views.holds(repository, repository, contents.keyOf(file));
  if (isPresent === isWanted) return done;
  return failed(
    isWanted
      ? `Expected ${of} to be present in ${name}, but it is not.`
      : `Expected ${of} not to be present in ${name}, but it is present.`,
  );

  function failed(message: string): Performed {
    state.say(message);
    state.fail();
    return done;
  }
}
