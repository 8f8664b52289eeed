/**
 * Does something to each of many, `jobs` of them at once. After a failure nothing more is begun, and what was begun
 * is waited for: nothing goes on when this has ended.
 *
 * @throws what was thrown first.
 */
export async function eachAtOnce<T>(
  all: AsyncGenerator<T>,
  jobs: number,
  act: (one: T) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const work = async (): Promise<void> => {
    try {
      while (failures.length === 0) {
        const next = await all.next();
        if (next.done === true) return;
        await act(next.value);
      }
    } catch (error) {
      failures.push(error);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  await all.return(undefined);
  if (failures.length > 0) throw failures[0];
}
