/**
 * Of lives that differ in who signs in, in the seed or in a setting: one in `npm test`, so that it stays short, and all
 * of them in the project `lives` (jest.config.js), and with THOROUGH=1, as CI does in the end.
 * @param one which of them stands for the others; different tests take different ones
 */
export function lives<Life>(all: readonly Life[], one = 0): readonly Life[] {
  const isThorough = 'everyLife' in globalThis || process.env['THOROUGH'] === '1';
  const representative = all.slice(one, one + 1);
  if (representative.length === 0) throw new RangeError(`There is no life ${one} among ${all.length}.`);
  return isThorough ? all : representative;
}
