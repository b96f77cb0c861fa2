import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { actions } from './actions';
import { uuid } from './backend/fake/scenes';
import { specOf } from './backend/fake/tasks';
import type { Addition, ScheduleDraft, When } from './backend/types';
import { whenWords } from './shared/when';
import { faults, open, press } from './test-window';

const type = (testid: string, value: string) =>
  fireEvent.input(screen.getByTestId(testid), { target: { value } });
const choose = (testid: string, value: string) =>
  fireEvent.change(screen.getByTestId(testid), { target: { value } });

const addition = (...prompts: string[]): Addition => ({
  specs: prompts.map(specOf),
  batch: null,
  max_usd: null,
  priority: 'normal',
  after: [],
  builds_on: null,
  one_after_another: false,
});
const draft = (name: string, when: When, ...prompts: string[]): ScheduleDraft => ({
  id: null,
  name,
  when,
  addition: addition(...prompts),
  enabled: true,
});
const nightly: When = { kind: 'days', days: [], minute: 150 };

async function sheet(...drafts: ScheduleDraft[]) {
  const opened = await open('some');
  for (const one of drafts) await opened.backend.saveSchedule(one);
  actions(opened.bosk)
    .find(({ id }) => id === 'schedules')
    ?.run();
  await screen.findByTestId('schedules');
  return opened;
}
const lines = () => screen.queryAllByTestId('schedule');

describe('the schedules', () => {
  it('say when they run, and are turned off, run and removed', async () => {
    const { backend, bosk } = await sheet(
      draft('Nightly', nightly, 'Bump it'),
      draft('Reset', { kind: 'reset' }, 'Go on'),
    );
    expect(lines()).toHaveLength(2);
    const [first] = lines();
    if (!first) throw new Error('no schedule');
    expect(first.textContent).toMatch(/Nightly\s*Every day at 2:30\sAM · next .*, in /);
    expect(lines()[1]?.textContent).toContain('When the usage limit starts anew · waits for it');
    expect(within(first).queryByTestId('schedule-last')).toBeNull();
    await fireEvent.click(within(first).getByTestId('schedule-run'));
    await waitFor(() => expect(bosk.said).toBe('1 task added to the queue'));
    expect(within(first).getByTestId('schedule-last').textContent).toMatch(/1 task added \(Queued 1\)/);
    await fireEvent.click(within(first).getByTestId('schedule-switch'));
    await waitFor(() =>
      expect(within(first).getByTestId('schedule-next').textContent).toContain('turned off'),
    );
    expect(await faults()).toEqual([]);
    await fireEvent.click(within(first).getByTestId('schedule-remove'));
    expect(backend.schedules).toHaveLength(2);
    await fireEvent.click(within(first).getByTestId('schedule-remove-confirm'));
    await waitFor(() => expect(lines()).toHaveLength(1));
    await fireEvent.click(within(lines()[0] as HTMLElement).getByTestId('schedule-run'));
    await fireEvent.click(await within(lines()[0] as HTMLElement).findByTestId('schedule-task'));
    expect([bosk.sheet, bosk.task?.spec.prompt]).toEqual([null, 'Go on']);
  });

  it('tell what became of a run, what was missed, and what is wrong', async () => {
    const { backend } = await sheet(draft('Nightly', nightly, 'Bump it'));
    const [one] = backend.schedules;
    if (!one) throw new Error('no schedule');
    const problem = { code: 'disk_full' as const, message: 'The disk is full.', hint: null };
    const last = { at: 0, due_at: 0, missed: 3, tasks: [uuid(2), uuid(3), 'gone'], problem: null };
    const tell = (change: object) => backend.emit({ type: 'schedules', schedules: [{ ...one, ...change }] });
    tell({ last });
    await waitFor(() =>
      expect(screen.getByTestId('schedule-last').textContent).toMatch(
        /3 tasks added \(Running 1, Done 1\)\s*· 3 times were missed/,
      ),
    );
    tell({ last: { ...last, tasks: [], problem } });
    await waitFor(() =>
      expect(screen.getByTestId('schedule-last').textContent).toContain('nothing was added'),
    );
    expect(screen.getByTestId('schedules').textContent).toContain('The disk is full.');
    tell({ problem, begun: last });
    await waitFor(() => expect(screen.getByTestId('schedule-next').textContent).toContain('being added now'));
    expect(screen.getByTestId<HTMLButtonElement>('schedule-run').disabled).toBe(true);
  });

  it('are made, with the next times while one chooses', async () => {
    const { backend, bosk } = await sheet();
    expect(screen.getByTestId('schedules-none')).toBeTruthy();
    await fireEvent.click(screen.getByTestId('schedule-new'));
    const save = screen.getByTestId<HTMLButtonElement>('schedule-save');
    expect(save.disabled).toBe(true);
    await type('when-name', 'Weekly');
    await type('schedule-prompt', 'Bump it');
    await choose('when-way', 'weekly');
    await fireEvent.click(screen.getByRole('button', { name: 'Thu' }));
    await type('when-time', '18:05');
    await waitFor(() => expect(screen.getByTestId('when-next').textContent).toMatch(/6:05\sPM.*6:05\sPM/));
    expect(await faults()).toEqual([]);
    await choose('when-way', 'cron');
    await type('when-cron', '30 2 * *');
    expect((await screen.findByTestId('problem')).textContent).toContain('five fields');
    expect(save.disabled).toBe(true);
    await type('when-cron', '30 2 * * 1-5');
    await waitFor(() => expect(save.disabled).toBe(false));
    await choose('when-way', 'weekly');
    await fireEvent.submit(screen.getByTestId('schedule-form'));
    await waitFor(() => expect(lines()).toHaveLength(1));
    expect(backend.schedules[0]).toMatchObject({
      name: 'Weekly',
      when: { kind: 'days', days: [1, 4], minute: 1085 },
      enabled: true,
      addition: { specs: [{ prompt: 'Bump it', repository: '/home/mina/work/shop' }], batch: null },
    });
    expect(bosk.said).toBe('Schedule Weekly saved');
  });

  it('are changed: one task whole, of many only when', async () => {
    const every: When = { kind: 'minutes', minutes: 90 };
    const { backend } = await sheet(draft('One', every, 'Bump it'), draft('Two', nightly, 'First', 'Second'));
    const [first] = backend.schedules;
    if (!first?.addition.specs[0]) throw new Error('no schedule');
    const there = { folder: '/home/mina/work/other', subfolder: 'web' };
    Object.assign(first.addition.specs[0], { base: 'origin/main', ...there });
    await fireEvent.click(screen.getAllByTestId('schedule-edit')[0] as HTMLElement);
    await waitFor(() => expect(screen.getByTestId('launch-options').textContent).toContain('origin/main'));
    expect(screen.getByTestId<HTMLInputElement>('when-every').value).toBe('90');
    await type('schedule-prompt', 'Bump them');
    await choose('when-way', 'commit');
    await type('when-branch', 'main');
    await fireEvent.submit(screen.getByTestId('schedule-form'));
    await waitFor(() => expect(lines()).toHaveLength(2));
    expect(backend.schedules[0]).toMatchObject({
      id: first.id,
      when: { kind: 'commit', branch: 'main', repository: '/home/mina/work/shop' },
      addition: { specs: [{ prompt: 'Bump them', base: 'origin/main', ...there }] },
    });
    await fireEvent.click(screen.getAllByTestId('schedule-edit')[1] as HTMLElement);
    expect(screen.getByTestId('schedule-many').textContent).toMatch(/It adds 2 tasks\s*First\s*Second/);
    expect(await faults()).toEqual([]);
    await type('when-name', 'Both');
    await fireEvent.submit(screen.getByTestId('schedule-form'));
    await waitFor(() => expect(backend.schedules[1]?.name).toBe('Both'));
    expect(backend.schedules[1]?.addition.specs.map(({ prompt }) => prompt)).toEqual(['First', 'Second']);
  });
});

describe('later', () => {
  it('keeps what is in the launch sheet, after the question of trust', async () => {
    const { backend, bosk } = await open('trust');
    backend.saveSchedule = new Proxy(backend.saveSchedule.bind(backend), {
      apply: (save, _, args: [ScheduleDraft]) =>
        backend.trusted
          ? save(...args)
          : Promise.reject({ code: 'not_trusted', message: 'Not yet.', hint: null } as unknown as Error),
    });
    await fireEvent.click(screen.getByTestId('launch-open'));
    await type('launch-prompt', 'Fix it\nall of it');
    await fireEvent.click(screen.getByTestId('launch-later'));
    expect(screen.getByTestId<HTMLInputElement>('when-name').value).toBe('Fix it');
    await choose('when-way', 'at');
    await type('when-date', '2020-01-01');
    expect((await screen.findByTestId('problem')).textContent).toContain('is over');
    await type('when-date', '2099-01-01');
    await waitFor(() => expect(screen.getByTestId<HTMLButtonElement>('later-save').disabled).toBe(false));
    expect(await faults()).toEqual([]);
    await fireEvent.submit(screen.getByTestId('later'));
    const accept = await screen.findByTestId<HTMLButtonElement>('trust-accept');
    await waitFor(() => expect(accept.disabled).toBe(false));
    await fireEvent.click(accept);
    await waitFor(() => expect(bosk.sheet).toBeNull());
    expect(backend.schedules[0]).toMatchObject({
      name: 'Fix it',
      when: { kind: 'at', at: new Date('2099-01-01T09:00').getTime() },
      addition: { specs: [{ prompt: 'Fix it\nall of it' }] },
    });
    expect(backend.tasks).toEqual([]);
  });

  it('keeps a batch whole, with what it may cost; and going back loses nothing', async () => {
    const { backend, bosk } = await open('some');
    await press('b', { ctrlKey: true });
    await type('batch-text', 'One\nTwo');
    await waitFor(() => expect(screen.queryAllByTestId('batch-item')).toHaveLength(2));
    await type('batch-cap', 'much');
    expect(screen.getByTestId<HTMLButtonElement>('batch-submit').disabled).toBe(true);
    await type('batch-cap', '2.5');
    await fireEvent.click(screen.getByTestId('batch-later'));
    await fireEvent.click(screen.getByRole('button', { name: 'Back' }));
    expect(screen.getByTestId<HTMLTextAreaElement>('batch-text').value).toBe('One\nTwo');
    await fireEvent.click(screen.getByTestId('batch-later'));
    await type('when-name', 'Numbers');
    await choose('when-way', 'weekdays');
    await fireEvent.submit(screen.getByTestId('later'));
    await waitFor(() => expect(bosk.sheet).toBeNull());
    expect(backend.schedules[0]).toMatchObject({
      when: { kind: 'days', days: [1, 2, 3, 4, 5], minute: 540 },
      addition: { specs: [{ prompt: 'One' }, { prompt: 'Two' }], max_usd: 2.5 },
    });
  });
});

describe('when, in words', () => {
  it('is as one would say it', () => {
    const words = (when: When) => whenWords(when).replace(/\s/g, ' ');
    expect(words({ kind: 'minutes', minutes: 1 })).toBe('Every minute');
    expect(words({ kind: 'minutes', minutes: 90 })).toBe('Every 90 minutes');
    expect(words({ kind: 'minutes', minutes: 120 })).toBe('Every 2 hours');
    expect(words({ kind: 'days', days: [1, 2, 3, 4, 5], minute: 0 })).toBe('Monday to Friday at 12:00 AM');
    expect(words({ kind: 'days', days: [6, 0], minute: 605 })).toBe('Sun and Sat at 10:05 AM');
    expect(words({ kind: 'commit', repository: '/r/shop', branch: 'main' })).toBe(
      'When main of shop gets a commit',
    );
  });
});
