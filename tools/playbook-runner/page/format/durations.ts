const steps = [
  { unit: 'd', seconds: 86_400 },
  { unit: 'h', seconds: 3_600 },
  { unit: 'min', seconds: 60 },
  { unit: 's', seconds: 1 },
] as const;

/** `42 s`, `5 min 3 s`, `2 h 5 min`, `3 d`: the two largest units; negative durations count as none. */
export function formatDuration(seconds: number): string {
  const parts = split(seconds);
  return parts.map(({ amount, unit }) => `${amount} ${unit}`).join(' ');
}

/** A duration as a figure: the number that is read first, and the rest as its unit (`2`, `h 5 min`). */
export function durationFigure(seconds: number): { readonly value: string; readonly unit: string } {
  const [first, ...rest] = split(seconds);
  const unit = [first.unit, ...rest.map((part) => `${part.amount} ${part.unit}`)].join(' ');
  return { value: String(first.amount), unit };
}

interface Part {
  readonly amount: number;
  readonly unit: string;
}

function split(seconds: number): [Part, ...Part[]] {
  const total = Math.max(0, Math.floor(seconds));
  const max = steps.findIndex((step) => total >= step.seconds);
  const first = steps[max];
  if (!first) return [{ amount: 0, unit: 's' }];
  const amount = Math.floor(total / first.seconds);
  const next = steps[max + 1];
  const rest = next ? Math.floor((total % first.seconds) / next.seconds) : 0;
  return [{ amount, unit: first.unit }, ...(next && rest > 0 ? [{ amount: rest, unit: next.unit }] : [])];
}
