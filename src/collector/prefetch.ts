/**
 * Fetches the next item while the current one is being worked on; at most two are held at a time. Nothing is fetched ahead unless
 * `mayFetchAhead` allows it when the current item is handed out.
 */
export async function* prefetched<Item>(
  items: AsyncGenerator<Item, void, undefined>,
  mayFetchAhead: () => boolean,
): AsyncGenerator<Item, void, undefined> {
  let ahead: Promise<IteratorResult<Item, void>> | undefined;
  try {
    for (;;) {
      const { done, value } = await (ahead ?? items.next());
      ahead = undefined;
      if (done === true || value === undefined) return;
      if (mayFetchAhead()) {
        ahead = items.next();
        // Its failure is met when it is awaited; until then it must not count as unhandled.
        ahead.catch(() => undefined);
      }
      yield value;
    }
  } finally {
    await ahead?.catch(() => undefined);
    await items.return();
  }
}
