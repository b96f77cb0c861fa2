import { screen } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { faults, open, openFirst } from './test-window';

describe('axe finds nothing', () => {
  it.each(['empty', 'no-cli', 'one', 'twenty', 'problem', 'korean', 'paused', 'tasks', 'used-up'])(
    'in the scene %s',
    async (scene) => {
      await open(scene);
      expect(await faults()).toEqual([]);
    },
  );

  it.each([
    'some',
    'trouble',
    'question',
    'plan',
    'danger',
    'edit',
    'queue',
    'long',
    'paused',
    'agent',
    'stalled',
    'checked',
    'variants',
    'unsaved',
  ])('in a session of %s', async (scene) => {
    await openFirst(scene);
    expect(await faults()).toEqual([]);
  });

  it.each([
    'launch',
    'batch',
    'palette',
    'shortcuts',
    'settings',
    'remove',
    'limits',
    'kill',
    'quit',
    'costs',
    'dependencies',
    'earlier',
    'schedules',
    'templates',
  ] as const)('in the sheet %s', async (sheet) => {
    const { bosk } = await openFirst('plans');
    bosk.sheet = sheet;
    await screen.findByRole('dialog');
    expect(await faults()).toEqual([]);
  });
});
