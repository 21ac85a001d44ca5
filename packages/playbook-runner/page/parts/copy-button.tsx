import { useEffect, useState } from 'react';
import { Button } from './button.js';
import { showToast } from './toasts.js';

interface CopyButtonProps {
  readonly text: string;
  readonly label?: string;
}

const thanksMs = 2_000;

export function CopyButton({ text, label = 'Copy' }: CopyButtonProps) {
  const [copied, setCopied] = useState(false);
  useEffect(() => {
    if (!copied) return;
    const timer = window.setTimeout(() => setCopied(false), thanksMs);
    return () => window.clearTimeout(timer);
  }, [copied]);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(text);
      setCopied(true);
    } catch {
      showToast('The browser did not allow copying. Select the text and copy it with the keyboard.', 'bad');
    }
  };
  return (
    <>
      <Button small onClick={() => void copy()}>
        {copied ? 'Copied' : label}
      </Button>
      <span className="visually-hidden" role="status">
        {copied ? 'Copied' : ''}
      </span>
    </>
  );
}
