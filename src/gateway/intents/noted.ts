import type { Intent } from './intent-book.ts';

/** Begins an act once a crash leaves a note of it; one that fails may be done all the same. */
export async function noted<T>(intent: Intent, act: () => Promise<T>): Promise<T> {
  try {
    await intent.durable;
    const result = await act();
    intent.forget();
    return result;
  } catch (error) {
    intent.doubt();
    throw error;
  }
}

/**
 * The answer to an act that may be given up and goes on then: who settles it waits for its end, and
 * until then it takes room as if it were done.
 */
export async function doubtGivenUp<T>(intent: Intent, answer: Promise<T>): Promise<T> {
  try {
    return await answer;
  } catch (error) {
    intent.doubt();
    throw error;
  }
}
