/**
 * Results in the order of the items, `limit` of them being worked on at a time. After a failure no further one is
 * begun.
 */
export async function inParallel<Item, Result>(
  limit: number,
  items: readonly Item[],
  action: (item: Item) => Promise<Result>,
): Promise<Result[]> {
  const results: Result[] = [];
  for (let first = 0; first < items.length; first += limit) {
    results.push(...(await Promise.all(items.slice(first, first + limit).map(action))));
  }
  return results;
}
