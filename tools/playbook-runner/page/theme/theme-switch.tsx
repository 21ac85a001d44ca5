import { type ThemeChoice, useTheme } from './theme.js';
import './theme-switch.css';

const choices: readonly { readonly choice: ThemeChoice; readonly words: string }[] = [
  { choice: 'system', words: 'System' },
  { choice: 'light', words: 'Light' },
  { choice: 'dark', words: 'Dark' },
];

export function ThemeSwitch() {
  const [chosen, choose] = useTheme();
  return (
    <fieldset className="theme-switch">
      <legend className="visually-hidden">Theme</legend>
      {choices.map(({ choice, words }) => (
        <label key={choice} className="theme-choice">
          <input
            type="radio"
            name="theme"
            className="visually-hidden"
            checked={choice === chosen}
            onChange={() => choose(choice)}
          />
          <span className="theme-words">{words}</span>
        </label>
      ))}
    </fieldset>
  );
}
