import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { open } from './test-window';

async function settings(scene = 'some') {
  const opened = await open(scene);
  opened.bosk.sheet = 'settings';
  const sheet = await screen.findByTestId('settings');
  return { ...opened, sheet };
}

describe('the settings', () => {
  it('say of what the person is told, and when not', async () => {
    const { backend, sheet } = await settings();
    await fireEvent.click(within(sheet).getByTestId('notify-done'));
    await waitFor(() => expect(backend.settings.notifications.done).toBe(false));
    expect(within(sheet).queryByLabelText('From')).toBeNull();
    await fireEvent.click(within(sheet).getByTestId('notify-quiet'));
    await waitFor(() => expect(backend.settings.notifications.quiet).toEqual({ from: 1320, to: 480 }));
    const from = await within(sheet).findByLabelText<HTMLInputElement>('From');
    expect(from.value).toBe('22:00');
    await fireEvent.change(from, { target: { value: '23:30' } });
    await waitFor(() => expect(backend.settings.notifications.quiet).toEqual({ from: 1410, to: 480 }));
    expect(backend.settings.notifications.done).toBe(false);
  });

  it('say how Bosk starts and quits', async () => {
    const { backend, sheet } = await settings();
    await fireEvent.click(within(sheet).getByTestId('autostart'));
    await fireEvent.change(within(sheet).getByTestId('shortcut'), { target: { value: ' Ctrl+Shift+B ' } });
    await fireEvent.change(within(sheet).getByTestId('settings-quit'), { target: { value: 'stop' } });
    await fireEvent.click(within(sheet).getByLabelText('Pause sessions while memory is short'));
    await waitFor(() =>
      expect(backend.settings).toMatchObject({
        autostart: true,
        shortcut: 'Ctrl+Shift+B',
        quit: 'stop',
        pause_when_busy: true,
      }),
    );
    await fireEvent.change(within(sheet).getByTestId('shortcut'), { target: { value: '' } });
    await waitFor(() => expect(backend.settings.shortcut).toBeNull());
  });

  it('say how much the queue lets work at once', async () => {
    const { backend, sheet } = await settings();
    const parallel = within(sheet).getByTestId<HTMLInputElement>('settings-parallel');
    expect(parallel.placeholder).toBe('By the machine');
    await fireEvent.change(parallel, { target: { value: 'many' } });
    expect(within(sheet).getByText(/^Enter a whole number/)).toBeTruthy();
    expect(parallel.getAttribute('aria-invalid')).toBe('true');
    expect(backend.settings.parallel).toBeNull();
    await fireEvent.change(parallel, { target: { value: ' 4 ' } });
    await fireEvent.change(within(sheet).getByLabelText('In one repository'), { target: { value: '2' } });
    await fireEvent.click(within(sheet).getByTestId('wait-for-usage-limit'));
    await waitFor(() =>
      expect(backend.settings).toMatchObject({
        parallel: 4,
        parallel_in_repository: 2,
        wait_for_usage_limit: false,
      }),
    );
    expect(parallel.getAttribute('aria-invalid')).toBeNull();
    await fireEvent.change(parallel, { target: { value: '' } });
    await waitFor(() => expect(backend.settings.parallel).toBeNull());
  });

  it('say what a day may cost, how long processes are kept, and when a turn is stalled', async () => {
    const { backend, sheet } = await settings();
    const change = (name: string, value: string) =>
      fireEvent.change(within(sheet).getByTestId(`settings-${name}`), { target: { value } });
    await change('max_usd_a_day', '12.5');
    await change('idle_minutes', '');
    await change('stall_minutes', '');
    expect(within(sheet).getByText(/^Enter a whole number of minutes/)).toBeTruthy();
    await change('stall_minutes', '15');
    await fireEvent.click(within(sheet).getByTestId('settings-keep_spare'));
    await waitFor(() =>
      expect(backend.settings).toMatchObject({
        max_usd_a_day: 12.5,
        idle_minutes: null,
        stall_minutes: 15,
        keep_spare: false,
      }),
    );
    expect(within(sheet).getByTestId<HTMLInputElement>('settings-idle_minutes').placeholder).toBe(
      'As long as it likes',
    );
    await change('max_usd_a_day', '-3');
    expect(within(sheet).getByText('Enter a number above zero, or leave it empty.')).toBeTruthy();
    await change('max_usd_a_day', '');
    await waitFor(() => expect(backend.settings.max_usd_a_day).toBeNull());
  });

  it('name the editor; one that is looked for where the field is empty', async () => {
    const { backend, sheet } = await settings();
    const editor = within(sheet).getByLabelText<HTMLInputElement>('Editor');
    expect(editor.placeholder).toBe('Found by itself');
    await fireEvent.change(editor, { target: { value: ' zed ' } });
    await waitFor(() => expect(backend.settings.editor).toBe('zed'));
    await fireEvent.change(editor, { target: { value: ' ' } });
    await waitFor(() => expect(backend.settings.editor).toBeNull());
  });

  it('say how long what was put away is kept', async () => {
    const { backend, sheet } = await settings();
    const archives = within(sheet).getByTestId<HTMLInputElement>('settings-keep_archives_days');
    expect(archives.value).toBe('30');
    await fireEvent.change(archives, { target: { value: '7' } });
    await fireEvent.change(within(sheet).getByLabelText('Snapshots'), { target: { value: '' } });
    await waitFor(() =>
      expect(backend.settings).toMatchObject({ keep_archives_days: 7, keep_snapshots_days: null }),
    );
    await fireEvent.change(archives, { target: { value: '0' } });
    expect(within(sheet).getByText(/^Enter a whole number of days/)).toBeTruthy();
    expect(backend.settings).toMatchObject({ keep_archives_days: 7 });
  });

  it('hold the limits of new sessions, and say what is refused', async () => {
    const { backend, sheet } = await settings();
    const line = within(sheet).getByTestId('settings-limits');
    expect(line.textContent).toBe('No limits');
    await fireEvent.click(line);
    const memory = await within(sheet).findByTestId('limit-memory');
    await fireEvent.input(memory, { target: { value: '0.2' } });
    await fireEvent.change(memory);
    expect((await within(sheet).findByTestId('problem')).dataset['code']).toBe('invalid_input');
    expect(backend.settings.limits.memory).toBeNull();
    await fireEvent.input(memory, { target: { value: '4' } });
    await fireEvent.change(memory);
    await waitFor(() => expect(line.textContent).toBe('4 GB of memory'));
    expect(within(sheet).queryByTestId('problem')).toBeNull();
  });

  it('keep both of two that are changed one right after the other', async () => {
    const { backend, sheet } = await settings();
    const save = backend.saveSettings.bind(backend);
    vi.spyOn(backend, 'saveSettings').mockImplementation(async (wanted) => {
      await new Promise((done) => setTimeout(done, 20));
      return save(wanted);
    });
    await fireEvent.click(within(sheet).getByTestId('notify-done'));
    await fireEvent.click(within(sheet).getByTestId('notify-failed'));
    await waitFor(() => expect(backend.settings.notifications.failed).toBe(false));
    expect(backend.settings.notifications.done).toBe(false);
  });
});
