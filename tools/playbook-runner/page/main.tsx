import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { live } from './api/live.js';
import { App } from './app.js';
import './styles/tokens.css';
import './styles/base.css';

const root = document.querySelector('#root');
if (!root) throw new Error('index.html has no element with the id "root".');
live.run();
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
