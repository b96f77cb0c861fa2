import { describe, expect, it } from 'vitest';
import { en } from './en';
import { parts, plural, speech, t } from './index.svelte';
import { ko } from './ko';

const placeholders = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).sort();

describe('messages', () => {
  it('are the same ones in every language, with the same placeholders', () => {
    expect(Object.keys(ko).sort()).toEqual(Object.keys(en).sort());
    for (const key of Object.keys(en) as (keyof typeof en)[]) {
      expect(placeholders(ko[key]), key).toEqual(placeholders(en[key]));
      expect(ko[key].trim(), key).not.toBe('');
    }
  });

  it('keep to the house style: no exclamation marks', () => {
    for (const text of [...Object.values(en), ...Object.values(ko)]) expect(text).not.toMatch(/[!！]/);
  });

  it('fill their placeholders', () => {
    expect(t('tool.exit', { code: 3 })).toBe('exit 3');
    expect(plural('panel.files', 1)).toBe('1 file');
    expect(plural('panel.files', 1200, '1,200')).toBe('1,200 files');
    expect(parts('settings.signInHow').map((part) => part.name)).toEqual([
      null,
      'command',
      null,
      'token',
      null,
    ]);
  });

  it('follow the chosen language', () => {
    speech.chosen = 'ko';
    expect(t('action.settings')).toBe('설정');
    expect(plural('panel.files', 1)).toBe('파일 1개');
    speech.chosen = null;
    expect(t('action.settings')).toBe('Settings');
  });
});
