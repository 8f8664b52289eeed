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
