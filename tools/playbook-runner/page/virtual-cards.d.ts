/** Made by build/cards-plugin.ts; cards.ts says of what type. */
declare module 'virtual:cards' {
  export const cards: ReadonlyMap<string, unknown>;
}
