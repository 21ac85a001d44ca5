import type { SeededRandom } from '../../support/seeded-random.js';

/** A piece of an input: one answer as it goes over the wire, or one file. */
export interface Part {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What one run is given. The order of its parts counts. */
export type Input = readonly Part[];

/** Something that reads what others wrote, ready to be given inputs. */
export interface OpenTarget {
  /** Real inputs, which mutation starts from. */
  readonly seeds: readonly Input[];
  /** An input that is made from a grammar rather than from another one. */
  readonly fresh?: (random: SeededRandom) => Input;
  /** Which parts an input may get more of, or lose. */
  readonly isRepeatable?: (part: Part) => boolean;
  /** Which names may change, as those of files do. */
  readonly isRenamable?: (part: Part) => boolean;
  /** @throws Finding where an oracle is broken; whatever else is thrown is a finding, too */
  run(input: Input): Promise<void>;
  close(): Promise<void>;
}

export type FindingKind =
  'class' | 'text' | 'secret' | 'rows' | 'state' | 'acknowledgement' | 'slow' | 'memory' | 'hang' | 'crash';

/** An oracle that an input has broken. `key` is the same for inputs that break the same thing. */
export class Finding extends Error {
  override readonly name = 'Finding';
  readonly kind: FindingKind;
  readonly key: string;

  constructor(kind: FindingKind, message: string, key = message.replaceAll(/\d+/g, '#').slice(0, 200)) {
    super(message);
    this.kind = kind;
    this.key = `${kind}: ${key}`;
  }
}

export function textPart(name: string, text: string): Part {
  return { name, bytes: Buffer.from(text) };
}
