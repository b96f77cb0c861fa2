import js from '@eslint/js';
import svelte from 'eslint-plugin-svelte';
import globals from 'globals';
import { readdirSync } from 'node:fs';
import ts from 'typescript-eslint';
import svelteConfig from './svelte.config.js';

const features = readdirSync(new URL('./src/features', import.meta.url));

const tauri = { group: ['@tauri-apps/*'], message: 'Only src/backend/tauri.ts and its parts talk to Tauri.' };
const noFeature = { group: ['**/features/**'], message: 'shared/, state/ and i18n/ know no feature.' };
const patterns = (...list) => ['error', { patterns: list }];

export default ts.config(
  { ignores: ['dist', 'src/backend/bindings'] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  { languageOptions: { globals: { ...globals.browser } } },
  { files: ['*.js', '*.ts', 'scripts/**'], languageOptions: { globals: { ...globals.node } } },
  {
    files: ['**/*.svelte', '**/*.svelte.ts'],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  {
    rules: {
      'no-undef': 'off',
      'svelte/no-at-html-tags': 'error',
      // Plain maps and sets are meant where nothing is shown from them.
      'svelte/prefer-svelte-reactivity': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-imports': patterns(tauri),
      '@typescript-eslint/consistent-type-imports': 'error',
    },
  },
  { files: ['src/backend/tauri.ts', 'src/backend/tauri/**'], rules: { 'no-restricted-imports': 'off' } },
  {
    files: ['src/{shared,state,i18n,backend}/**'],
    ignores: ['src/backend/tauri.ts', 'src/backend/tauri/**'],
    rules: { 'no-restricted-imports': patterns(tauri, noFeature) },
  },
  ...features.map((feature) => ({
    files: [`src/features/${feature}/**`],
    rules: {
      'no-restricted-imports': patterns(tauri, {
        group: features.filter((other) => other !== feature).map((other) => `**/${other}/**`),
        message: 'A feature never imports another feature: App.svelte puts them together.',
      }),
    },
  })),
);
