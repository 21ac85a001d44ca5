/** Made by build/cards-plugin.ts; cards.ts says of what type. */
declare module 'virtual:cards' {
  export const cards: ReadonlyMap<string, unknown>;
  export const actionCards: ReadonlyMap<string, unknown>;
  export const accountCards: ReadonlyMap<string, unknown>;
}
