import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { FakeBackend } from './backend/fake/fake';
import { openFirst, press } from './test-window';

describe('asks', () => {
  const answers = (backend: FakeBackend) =>
    backend.calls.filter((call) => call.name === 'answer').map((call) => call.args[2]);

  it('are allowed by one key', async () => {
    const { backend } = await openFirst('some');
    await press('a');
    expect(answers(backend)).toEqual([{ answer: 'allow', suggestions: [] }]);
    await waitFor(() => expect(screen.queryByTestId('ask')).toBeNull());
  });

  it('take a deliberate second key where it is dangerous, and any other key takes it back', async () => {
    const { backend } = await openFirst('danger');
    await press('a');
    await press('x');
    await press('a');
    expect(answers(backend)).toEqual([]);
    await press('a');
    expect(answers(backend)).toHaveLength(1);
  });

  it('show the whole command and what hides in it', async () => {
    await openFirst('danger');
    const command = screen.getByTestId('ask-command');
    expect(command.textContent).toContain('very long '.repeat(60).trim());
    expect(command.textContent).toContain('U+202E');
  });

  it('keep the rule that was chosen', async () => {
    const { backend } = await openFirst('some');
    await fireEvent.click(screen.getByLabelText(/Always allow Bash: cargo test \*/));
    await fireEvent.click(screen.getByTestId('ask-allow'));
    expect(answers(backend)).toEqual([{ answer: 'allow', suggestions: [0] }]);
  });

  it('say what holds a session up, in its place and in the fleet, and offer to stop it', async () => {
    const { backend, bosk, id } = await openFirst('one');
    expect(screen.queryByTestId('problem')).toBeNull();
    const problem = { code: 'cli_silent', message: 'Claude has said nothing for 600 s.', hint: 'Wait.' };
    backend.update(id, { state: 'running', turn: 'working', glance: 'running', problem });
    const card = await screen.findByTestId('problem');
    expect(card.dataset['code']).toBe('cli_silent');
    expect(screen.getByTestId('fleet-row').textContent).toContain('Claude Code has gone quiet');
    await fireEvent.click(within(card).getByText('Stop'));
    await waitFor(() => expect(bosk.session?.state).toBe('ended'));
    expect(screen.queryByTestId('problem')).toBeNull();
  });

  it('are denied with a reason', async () => {
    const { backend } = await openFirst('some');
    await press('d');
    const reason = await screen.findByLabelText(/Tell Claude why/);
    await fireEvent.input(reason, { target: { value: 'use make' } });
    await fireEvent.keyDown(reason, { key: 'Enter' });
    expect(answers(backend)).toEqual([{ answer: 'deny', message: 'use make', interrupt: false }]);
  });

  it('are not answered by letters that are typed into the composer', async () => {
    const { backend } = await openFirst('some');
    await fireEvent.keyDown(screen.getByTestId('composer-input'), { key: 'a' });
    expect(answers(backend)).toEqual([]);
  });

  it('take several answers to a question, and one of one’s own', async () => {
    const { backend } = await openFirst('question');
    await fireEvent.click(screen.getByLabelText(/Redis/));
    await fireEvent.click(screen.getByLabelText('Tests'));
    const other = screen.getAllByLabelText('Something else')[1];
    if (other) await fireEvent.click(other);
    await fireEvent.input(await screen.findByLabelText('Your own answer'), {
      target: { value: 'a benchmark' },
    });
    await fireEvent.click(screen.getByTestId('ask-answer'));
    expect(answers(backend)).toEqual([
      {
        answer: 'answers',
        answers: {
          'Which store should hold the sessions?': 'Redis',
          'What else should I cover?': 'Tests, a benchmark',
        },
      },
    ]);
  });

  it('send a plan back, or go on with it', async () => {
    const { backend } = await openFirst('plan');
    await fireEvent.click(screen.getByText('Approve, and edit without asking'));
    expect(answers(backend)).toEqual([{ answer: 'approve_plan', mode: 'acceptEdits' }]);
  });
});
