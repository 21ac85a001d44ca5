import { useId, useMemo } from 'react';
import { CopyButton } from '../../parts/copy-button.js';
import { jsonTokens } from './shown-text.js';

interface JsonPaneProps {
  readonly title: string;
  readonly value: Readonly<Record<string, unknown>>;
  /** What an empty object means here. */
  readonly empty: string;
}

export function JsonPane({ title, value, empty }: JsonPaneProps) {
  const titleId = useId();
  const tokens = useMemo(() => jsonTokens(value), [value]);
  const isEmpty = Object.keys(value).length === 0;
  return (
    <div className="json-pane">
      <div className="json-head">
        <h3 id={titleId}>{title}</h3>
        {!isEmpty && <CopyButton text={JSON.stringify(value, null, 2)} label={`Copy ${title.toLowerCase()}`} />}
      </div>
      {isEmpty ? (
        <p className="json-empty">{empty}</p>
      ) : (
        // Left to right whatever it holds: JSON is code.
        <pre className="json-text" dir="ltr" tabIndex={0} role="region" aria-labelledby={titleId}>
          {tokens.map(({ kind, text }, index) =>
            kind === 'layout' ? (
              text
            ) : (
              <bdi key={index} className={`token-${kind}`}>
                {text}
              </bdi>
            ),
          )}
        </pre>
      )}
    </div>
  );
}
