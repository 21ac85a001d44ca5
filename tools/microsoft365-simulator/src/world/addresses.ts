import { pick } from '../random.js';

const firstNames = ['anna', 'bilal', 'chloe', 'dmitri', 'elena', 'farid', 'grace', 'hugo', 'ines', 'jonas'] as const;
const lastNames = ['keller', 'moreau', 'okafor', 'rossi', 'svensson', 'tanaka', 'weber'] as const;
const outsideDomains = [
  'contoso.example',
  'fabrikam.example',
  'mail.partner.example',
  'newsletter.example',
  'xn--bcher-kva.example',
] as const;

/** How many people there are: more than any message has recipients, so that a message never names one twice. */
export const population = 20_000;

/** The address of a person; two people's addresses differ in more than upper and lower case. */
export function addressOf(person: number, domain: string): string {
  const first = pick(firstNames, person);
  const last = pick(lastNames, person);
  switch (person % 25) {
    case 3:
      return `${first}.o'${last}${person}@${domain}`;
    case 7:
      return `${capitalised(first)}.${last.toUpperCase()}${person}@${capitalised(domain)}`;
    case 11:
      return `${first}${person}+alerts@${domain}`;
    default:
      return `${first}.${last}${person}@${domain}`;
  }
}

export function outsideDomain(drawn: number): string {
  return pick(outsideDomains, drawn);
}

function capitalised(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
