import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { faults, openFirst } from './test-window';

async function info() {
  const opened = await openFirst('checked');
  await fireEvent.click(screen.getByTestId('panel-info'));
  return { ...opened, panel: screen.getByRole('tabpanel') };
}

describe('the details of a session', () => {
  it('say what its check came to, which attempt it is, and how hard it thinks', async () => {
    const { backend, id, panel } = await info();
    expect(within(panel).getByTestId('check').textContent).toMatch(/^Failed with exit code 1, .*, took 14s$/);
    expect(panel.textContent).toContain('npm test');
    expect(within(panel).getByTestId('variant').textContent.trim()).toBe('2: opus, high');
    expect(within(panel).getByLabelText<HTMLSelectElement>('Effort').value).toBe('high');
    const check = { command: 'npm test', at: Date.now(), took: 0, verdict: 'checking' };
    backend.update(id, { check });
    await waitFor(() => expect(within(panel).getByTestId('check').textContent).toBe('Running now'));
  });

  it('say nothing of what there is not', async () => {
    const { backend, id, panel } = await info();
    backend.update(id, { check: null, variant: null });
    await waitFor(() => expect(within(panel).queryByTestId('attempt')).toBeNull());
  });
});

describe('a launch', () => {
  it('has the command that tells whether its work is right', async () => {
    const { backend, bosk } = await openFirst('some');
    bosk.sheet = 'launch';
    const sheet = await screen.findByTestId('launch');
    await fireEvent.input(within(sheet).getByTestId('launch-prompt'), { target: { value: 'Fix it' } });
    await fireEvent.input(within(sheet).getByTestId('launch-check'), {
      target: { value: ' npm test && make ' },
    });
    await waitFor(() =>
      expect(within(sheet).getByTestId('launch-options').textContent).toContain('npm test'),
    );
    await fireEvent.click(within(sheet).getByTestId('launch-submit'));
    await waitFor(() =>
      expect(backend.calls.find(({ name }) => name === 'launch')?.args[0]).toMatchObject({
        check: 'npm test && make',
        fork: null,
      }),
    );
  });
});

describe('a check', () => {
  const lines = () => screen.queryAllByTestId('entry').filter(({ dataset }) => dataset['kind'] === 'check');

  it('is a line of the transcript, with what it printed when that is opened', async () => {
    const { backend, id } = await openFirst('checked');
    await waitFor(() => expect(lines()).toHaveLength(1));
    const [failed] = lines();
    if (!failed) throw new Error('no check');
    expect(failed.textContent.trim()).toBe('Check failed with exit code 1 after 14s: npm test');
    await fireEvent.click(failed.querySelector('button') as HTMLElement);
    expect(within(failed).getByLabelText('Terminal output').textContent).toContain('1 failed');
    const entry = { kind: 'check', command: 'make\nmake test', output: '', took: 0 };
    backend.append(id, { ...entry, verdict: { verdict: 'checking' } });
    await waitFor(() => expect(lines()[1]?.textContent.trim()).toBe('Check is running: make'));
    expect(lines()[1]?.querySelector('button'), 'nothing to open').toBeNull();
    backend.append(id, { ...entry, took: 2400, verdict: { verdict: 'passed' } });
    backend.append(id, { ...entry, verdict: null });
    await waitFor(() => expect(lines()[3]?.textContent.trim()).toBe('Check was broken off: make'));
    expect(lines()[2]?.textContent.trim()).toBe('Check passed after 2.4s: make');
    expect(await faults()).toEqual([]);
  });

  it('is told in the head and in the row, which says which attempt it is', async () => {
    const { backend, id } = await openFirst('checked');
    const row = screen.getByTestId('fleet-row');
    expect(screen.getByTestId('head-check').textContent.trim()).toBe('Check failed');
    expect(row.textContent).toContain('opus, high');
    expect(row.textContent).toContain('Check failed');
    const check = { command: 'npm test', at: Date.now(), took: 0, verdict: 'checking' };
    backend.update(id, { check });
    await waitFor(() => expect(row.textContent).toContain('Checking'));
    expect(screen.getByTestId('head-check').textContent.trim()).toBe('Checking');
    // While it works that is what counts.
    backend.update(id, { turn: 'working', doing: { kind: 'thinking' } });
    await waitFor(() => expect(row.textContent).toContain('Thinking'));
    expect(row.textContent).not.toContain('Checking');
  });
});
