import { shownText } from './shown-text.js';

interface ForeignTextProps {
  readonly text: string;
  /** Shown, quietly, in place of an empty text. */
  readonly empty?: string;
}

/** A text from the mail of strangers: isolated in its direction, cut to its place, whole under the pointer. */
export function ForeignText({ text, empty = '–' }: ForeignTextProps) {
  const shown = shownText(text);
  if (shown.trim() === '') return <span className="foreign-empty">{empty}</span>;
  return (
    <bdi className="foreign" title={shown}>
      {shown}
    </bdi>
  );
}
