import type { ComponentProps } from 'react';
import { Button } from './button.js';
import { useConnected } from './connected.js';

/** For what the runner has to do: off while it does not answer. */
export function ActionButton({ disabled = false, ...button }: ComponentProps<typeof Button>) {
  const connected = useConnected();
  return <Button {...button} disabled={disabled || !connected} />;
}
