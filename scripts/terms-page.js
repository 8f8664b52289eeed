/** Writes docs/terms.md from the table of terms: `node scripts/terms-page.js`. */
import { mkdirSync, writeFileSync } from 'node:fs';

import { dialects, formatTermsPage, termsTable } from '../src/expression/index.ts';
mkdirSync(new URL('../docs/', import.meta.url), { recursive: true });
writeFileSync(
  new URL('../docs/terms.md', import.meta.url),
  formatTermsPage(termsTable(dialects.newest)),
);
