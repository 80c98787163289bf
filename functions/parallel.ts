// Work on many things side by side, a bounded number at a time.

/** Ends when all have ended; rejects with the first failure, when the others have ended too. */
export async function inParallel<T>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const pending = [...items];
  const worker = async (): Promise<void> => {
    for (let item = pending.shift(); item !== undefined; item = pending.shift()) await work(item);
  };
  const results = await Promise.allSettled(Array.from({ length: Math.min(limit, items.length) }, worker));
  const failure = results.find((result) => result.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
}

/** In the order of the items; what is undefined is left out. */
export async function mapParallel<T, Result>(
  items: readonly T[],
  limit: number,
  map: (item: T) => Promise<Result | undefined>,
): Promise<Result[]> {
  const results = new Map<number, Result>();
  await inParallel([...items.entries()], limit, async ([at, item]) => {
    const result = await map(item);
    if (result !== undefined) results.set(at, result);
  });
  return [...results.entries()].toSorted(([one], [other]) => one - other).map(([, result]) => result);
}
