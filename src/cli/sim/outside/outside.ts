import type { Dialect } from '../../../expression/index.ts';
import { thisMachine } from '../../../repository/index.ts';
import type { SimulationRequest, SimulationWindow } from '../../../simulation/index.ts';
import { RealRepository } from './real-repository.ts';
import { visitRepository } from './visit.ts';

/** Where what is real is found, and how it may show itself. */
export interface OutsideOptions {
  /** Where the program runs: the repository around it is the one that `use` and `addtree` mean. */
  readonly directory: string;
  readonly dialect: Dialect;
  /** Keeps visitors off standard output, which is for JSON. */
  readonly isStdoutTaken: boolean;
}

/** What a simulation asks for that is real: repositories to be used, and to be visited. */
export class Outside {
  readonly #options: OutsideOptions;
  #repository: RealRepository | undefined;

  constructor(options: OutsideOptions) {
    this.#options = options;
  }

  /** Answers a request. */
  async answer(request: SimulationRequest, world: SimulationWindow): Promise<void> {
    switch (request.kind) {
      case 'pause':
        return;
      case 'use': {
        const repository = await this.#open();
        request.reply(
          repository === undefined
            ? { kind: 'unusable', reason: 'the current directory is in no git repository' }
            : await repository.use(request.words),
        );
        return;
      }
      case 'addtree': {
        const repository = await this.#open();
        request.reply((await repository?.filesThatMatch(request)) ?? []);
        return;
      }
      case 'visit':
        await thisMachine.places.version();
        request.reply(await visitRepository(request, world, this.#options));
    }
  }

  async close(): Promise<void> {
    await this.#repository?.close();
  }

  async #open(): Promise<RealRepository | undefined> {
    const { directory, dialect } = this.#options;
    if (this.#repository === undefined) await thisMachine.places.version();
    return (this.#repository ??= await RealRepository.open(directory, dialect));
  }
}
