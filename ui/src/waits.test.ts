import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import { speech } from './i18n/index.svelte';
import { waitWords } from './shared/queue';
import { clock } from './state/clock.svelte';
import { open } from './test-window';

describe('what a task waits for, in words', () => {
  it('is said for each kind of it', async () => {
    const { store } = await open('tasks');
    const said = Object.fromEntries(
      store.waiting.map((task) => [task.spec.prompt.split('\n')[0], waitWords(task, store, Date.now())]),
    );
    expect(said).toEqual({
      'Type the event bus': 'Next',
      'Cache the exchange rates': expect.stringMatching(/^Tries again in (29|30)s$/),
      'Drop support for IE in the widget': 'Waits for a free place: 4 at work',
      'Fix the time zone of invoices': 'Waits for a free place in shop: 2 at work there',
      'Bump the linters': 'Waits for memory: needs 1.2 GB, 400 MB may be taken',
      'Port the checkout tests too': 'Waits for: Port the pricing tests to Vitest',
      'Document the webhook retries': 'Held by you',
      'Rename Order to Purchase': 'Held: what it waits for was not done',
      'Translate the mails: de': 'Held: three of its batch failed in a row',
      'Translate the mails: fr': 'Held: three of its batch failed in a row',
      'Try the new bundler': 'Held: could not be launched',
      'Split the settings page': 'Waits for its turn',
    });
  });

  it('counts down to the account’s limit and to the next attempt, and says when they are over', async () => {
    const { store } = await open('used-up');
    const [one] = store.waiting;
    if (!one) throw new Error('nothing waits');
    const at = (left: number) => {
      const now = one.wait?.for === 'usage_limit' ? one.wait.resets_at - left : 0;
      return waitWords(one, store, now);
    };
    expect(at(12 * 60_000)).toMatch(/^Usage limit: starts again at .+ \(in 12m\)$/);
    expect(at(0)).toBe('Usage limit over: tasks start one by one');
    const again = { ...one, stage: 'retrying' as const, at: 5000, wait: null };
    expect(waitWords(again, store, 1000)).toBe('Tries again in 4s');
    expect(waitWords(again, store, 5000)).toBe('Tries again now');
    expect(waitWords({ ...one, stage: 'starting', wait: null }, store, 0)).toBe('Starting');
    expect(waitWords({ ...one, stage: 'waiting', hold: { why: 'person' }, wait: null }, store, 0)).toBe(
      'Held by you',
    );
    const wait = { for: 'tasks' as const, ids: ['nobody'] };
    expect(waitWords({ ...one, wait }, store, 0)).toBe('Waits for: A task that is no longer there');
  });

  it('is said in Korean too', async () => {
    const { store } = await open('tasks');
    speech.chosen = 'ko';
    const all = store.waiting.map((task) => waitWords(task, store, Date.now()));
    speech.chosen = null;
    expect(all).toContain('메모리를 기다리는 중: 1.2GB 필요, 쓸 수 있는 것은 400MB');
    for (const words of all) expect(words).toMatch(/[가-힣]/);
  });
});

describe('the account’s usage limit', () => {
  it('is counted down above the queue, which goes on anyway when the person wants it', async () => {
    const { backend, store } = await open('used-up');
    const line = screen.getByTestId('used-up');
    expect(line.textContent).toMatch(/The queue goes on at .+, in 1[12]m/);
    const [one] = store.waiting;
    const now = clock.now;
    clock.now = one?.wait?.for === 'usage_limit' ? one.wait.resets_at - 61_000 : 0;
    await tick();
    expect(line.textContent).toContain('in 1m 1s');
    clock.now = now;
    await fireEvent.click(within(line).getByTestId('go-on-anyway'));
    await waitFor(() => expect(backend.settings.wait_for_usage_limit).toBe(false));
    await waitFor(() => expect(screen.queryByTestId('used-up')).toBeNull());
    expect(store.settings.wait_for_usage_limit).toBe(false);
  });
});
