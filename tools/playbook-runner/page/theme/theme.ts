import { useEffect, useState } from 'react';

export type ThemeChoice = 'system' | 'light' | 'dark';

/** Its name in the browser's storage; `public/theme.js` reads it before the first paint. */
const storageName = 'theme';
const darkSystem = window.matchMedia('(prefers-color-scheme: dark)');

function readChoice(): ThemeChoice {
  try {
    const chosen = localStorage.getItem(storageName);
    return chosen === 'light' || chosen === 'dark' ? chosen : 'system';
  } catch {
    return 'system';
  }
}

function keepChoice(choice: ThemeChoice): void {
  try {
    if (choice === 'system') localStorage.removeItem(storageName);
    else localStorage.setItem(storageName, choice);
  } catch {
    // Where storage is forbidden the choice holds until the page is closed.
  }
}

function show(choice: ThemeChoice): void {
  const system = darkSystem.matches ? 'dark' : 'light';
  document.documentElement.dataset['theme'] = choice === 'system' ? system : choice;
}

/** The chosen theme, kept in the browser; `system` follows the system while the page is open. */
export function useTheme(): [ThemeChoice, (choice: ThemeChoice) => void] {
  const [choice, setChoice] = useState(readChoice);
  useEffect(() => {
    const update = (): void => show(choice);
    update();
    darkSystem.addEventListener('change', update);
    return () => darkSystem.removeEventListener('change', update);
  }, [choice]);
  return [
    choice,
    (chosen) => {
      keepChoice(chosen);
      setChoice(chosen);
    },
  ];
}
