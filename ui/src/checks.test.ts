import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import { openFirst } from './test-window';

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
