/** Where a generated document comes from, as its first line. */
export const banner = (source) => `<!-- Generated from ${source} by \`npm run generate\`. Do not edit. -->`;

export const code = (value) => `\`${value}\``;

/** A table without padding, so that one changed row is one changed line. */
export function table(headers, rows) {
  const line = (cells) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(headers), line(headers.map(() => '---')), ...rows.map(line)].join('\n');
}
