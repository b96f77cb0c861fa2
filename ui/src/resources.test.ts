import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { faults, open, openFirst } from './test-window';

async function resources(scene: string) {
  const opened = await openFirst(scene);
  await fireEvent.click(screen.getByTestId('panel-resources'));
  opened.backend.measure(Date.now());
  const now = await screen.findByTestId('used-now');
  return { ...opened, now };
}

describe('the panel', () => {
  it('goes along its four tabs by arrows, and remembers the last', async () => {
    const { backend } = await openFirst('one');
    const tab = (name: string) => screen.getByTestId(`panel-${name}`);
    tab('changes').focus();
    await fireEvent.keyDown(tab('changes'), { key: 'ArrowRight' });
    expect(document.activeElement).toBe(tab('resources'));
    expect(tab('resources').getAttribute('aria-selected')).toBe('true');
    await fireEvent.keyDown(tab('resources'), { key: 'ArrowRight' });
    await fireEvent.keyDown(tab('context'), { key: 'ArrowRight' });
    await fireEvent.keyDown(tab('info'), { key: 'ArrowRight' });
    expect(document.activeElement).toBe(tab('changes'));
    await fireEvent.keyDown(tab('changes'), { key: 'ArrowLeft' });
    expect(document.activeElement).toBe(tab('info'));
    expect(await backend.recall('panel-tab')).toBe('info');
  });
});

describe('resources', () => {
  it('are shown as they are now, with what memory counts', async () => {
    const { now, backend, id, store } = await resources('one');
    expect(now.textContent).toMatch(/CPU\s*\d+%/);
    expect(now.textContent).toContain('PSS');
    expect(now.textContent).toContain('Open files');
    expect(await screen.findByRole('figure', { name: 'CPU, last 10 minutes' })).toBeTruthy();
    expect(screen.getByRole('figure', { name: 'Memory, last 10 minutes' })).toBeTruthy();
    expect(store.usage.latest(id)).not.toBeNull();
    expect(await faults()).toEqual([]);
    await backend.stop(id);
    expect(await screen.findByText('Nothing of it runs, so nothing is measured.')).toBeTruthy();
  });

  it('lead from a tool to its place in the transcript', async () => {
    const { store } = await resources('one');
    const graph = await screen.findByRole('figure', { name: 'CPU, last 10 minutes' });
    await fireEvent.click(await within(graph).findByText('Bash npm test -- --run src/auth'));
    const index = [...(store.conversation?.entries.values() ?? [])].find(
      (entry) => entry.kind === 'tool_use' && JSON.stringify(entry.input).includes('npm test'),
    )?.index;
    const row = () => document.querySelector(`[data-testid=entry][data-index='${String(index)}']`);
    await waitFor(() => expect(row()?.classList.contains('found')).toBe(true));
    expect(store.conversation?.wanted).toBeNull();
  });

  it('show the tools anew when the conversation has changed', async () => {
    const { backend, id } = await resources('one');
    const asked = vi.spyOn(backend, 'toolMarks');
    backend.append(id, { kind: 'text', text: 'more' });
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(1), { timeout: 3000 });
    expect(asked.mock.calls[0]?.[0]).toBe(id);
  });

  it('ask for processes only while they are seen', async () => {
    const { backend } = await resources('one');
    const asked = vi.spyOn(backend, 'processes');
    const fold = screen.getByRole('button', { name: 'Processes' });
    expect(asked).not.toHaveBeenCalled();
    await fireEvent.click(fold);
    const all = await screen.findAllByTestId('process');
    expect(all[0]?.textContent).toContain('claude');
    await waitFor(() => expect(asked.mock.calls.length).toBeGreaterThan(1), { timeout: 5000 });
    await fireEvent.click(fold);
    const before = asked.mock.calls.length;
    await new Promise((done) => setTimeout(done, 2300));
    expect(asked).toHaveBeenCalledTimes(before);
  });

  it('say what is limited and how that is held, and lead to the fields', async () => {
    const { backend, id, bosk } = await resources('paused');
    expect(screen.getByTestId('limited').textContent).toContain('4 GB of memory');
    expect(screen.getByText(/^The kernel holds memory: it cannot be exceeded/)).toBeTruthy();
    await fireEvent.click(screen.getByTestId('change-limits'));
    const dialog = await screen.findByTestId('limits-dialog');
    const memory = within(dialog).getByLabelText<HTMLInputElement>('Memory (GB)');
    expect(memory.value).toBe('4');
    await fireEvent.input(memory, { target: { value: 'much' } });
    expect(within(dialog).getByTestId<HTMLButtonElement>('limits-save').disabled).toBe(true);
    await fireEvent.input(memory, { target: { value: '0.5' } });
    await fireEvent.click(within(dialog).getByTestId('limits-save'));
    expect((await within(dialog).findByTestId('problem')).textContent).toContain('less than 1 GiB');
    await fireEvent.input(memory, { target: { value: '8' } });
    await fireEvent.click(within(dialog).getByTestId('rung-stop'));
    await fireEvent.click(within(dialog).getByTestId('limits-save'));
    await waitFor(() => expect(bosk.sheet).toBeNull());
    expect(backend.sessions.get(id)?.summary.limits).toMatchObject({
      memory: 8_000_000_000,
      cpu: 4,
      ladder: ['stop_tool', 'pause'],
    });
    await waitFor(() => expect(screen.getByTestId('limited').textContent).toContain('8 GB of memory'));
  });
});

describe('the list of sessions', () => {
  it('shows what running ones use, and no others', async () => {
    const { backend } = await open('twenty');
    const now = Date.now();
    backend.measure(now);
    backend.measure(now + 1000);
    await waitFor(() => expect(screen.getAllByTestId('sparkline').length).toBeGreaterThan(2));
    for (const line of screen.getAllByTestId('sparkline')) {
      const { glance, life } = line.closest<HTMLElement>('[data-glance], [data-life]')?.dataset ?? {};
      expect(glance ?? life).toMatch(/^(running|busy)$/);
      expect(line.getAttribute('aria-hidden')).toBe('true');
    }
    expect(backend.lookedAt).toBe(true);
  });
});

describe('limits of new sessions', () => {
  it('are as in the settings, unless the launch sheet says otherwise', async () => {
    const { backend } = await open('some');
    await fireEvent.click(screen.getByTestId('launch-open'));
    await fireEvent.input(screen.getByTestId('launch-prompt'), { target: { value: 'Fix the test' } });
    const choice = screen.getByTestId<HTMLSelectElement>('launch-limits');
    expect(choice.textContent).toContain('As in the settings: No limits');
    expect(screen.queryByTestId('limit-fields')).toBeNull();
    await fireEvent.change(choice, { target: { value: 'own' } });
    const memory = await screen.findByLabelText('Memory (GB)');
    await fireEvent.input(memory, { target: { value: 'x' } });
    expect(screen.getByTestId<HTMLButtonElement>('launch-submit').disabled).toBe(true);
    await fireEvent.input(memory, { target: { value: '6' } });
    expect(screen.getByTestId('launch-options').textContent).toContain('6 GB of memory');
    await fireEvent.click(screen.getByTestId('launch-submit'));
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === 'launch')).toMatchObject({
        args: [{ limits: { memory: 6_000_000_000 } }],
      }),
    );
  });
});
