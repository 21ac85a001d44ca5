import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

interface Span {
  readonly start: string;
  readonly end: string;
}

/**
 * Says of a time, in milliseconds since 1970, whether `context.json` has set it aside. None is where that cannot be
 * read.
 */
export async function readSetAsideTime(dataFolder: string): Promise<(receivedMs: number) => boolean> {
  const text = await readFile(join(dataFolder, 'context.json'), 'utf8').catch(() => '{}');
  const spans = spansIn(text).map(({ start, end }) => ({ fromMs: Date.parse(start), toMs: Date.parse(end) }));
  return (receivedMs) => spans.some(({ fromMs, toMs }) => receivedMs >= fromMs && receivedMs < toMs);
}

function spansIn(text: string): readonly Span[] {
  try {
    return (JSON.parse(text) as { set_aside?: readonly Span[] }).set_aside ?? [];
  } catch {
    return [];
  }
}
