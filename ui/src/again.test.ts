import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it } from 'vitest';
import { openFirst } from './test-window';

const problem = (code: string) => ({
  code,
  message: 'Claude Code is no longer signed in.',
  hint: 'Run `claude auth login`, then try again.',
});

describe('a turn that failed for a reason outside of the session', () => {
  it('can be tried again from where it failed', async () => {
    const { backend, id } = await openFirst('trouble');
    backend.update(id, { problem: problem('signed_out') });
    const transcript = screen.getByTestId('transcript');
    await fireEvent.click(await within(transcript).findByTestId('try-again'));
    expect(backend.calls).toEqual([{ name: 'tryAgain', args: [id] }]);
    await waitFor(() => expect(within(transcript).queryByTestId('try-again')).toBeNull());
  });

  it('is not offered again once more was said, nor for what would fail the same way', async () => {
    const { backend, id } = await openFirst('trouble');
    const transcript = screen.getByTestId('transcript');
    backend.update(id, { problem: problem('cli_too_old') });
    await tick();
    expect(within(transcript).queryByTestId('try-again')).toBeNull();
    backend.update(id, { problem: problem('signed_out') });
    await within(transcript).findByTestId('try-again');
    backend.append(id, { kind: 'prompt', uuid: crypto.randomUUID(), text: 'Go on', images: 0 });
    await waitFor(() => expect(within(transcript).queryByTestId('try-again')).toBeNull());
  });
});
