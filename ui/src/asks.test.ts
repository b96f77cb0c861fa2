import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it } from 'vitest';
import type { FakeBackend } from './backend/fake/fake';
import { isHidden } from './shared/visible';
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

  it('are edited first: the command as it is, and only what was changed is told', async () => {
    const { backend } = await openFirst('some');
    await press('e');
    const text = await screen.findByTestId<HTMLTextAreaElement>('ask-edit-text');
    expect(document.activeElement).toBe(text);
    expect(text.value).toBe('cargo test -p core && npm run check');
    expect(screen.queryByLabelText(/Always allow/)).toBeNull();
    await fireEvent.input(text, { target: { value: '  ' } });
    expect(screen.getByTestId('ask-edit-wrong').textContent).toContain('no command');
    expect(screen.getByTestId<HTMLButtonElement>('ask-allow-edited').disabled).toBe(true);
    await fireEvent.keyDown(text, { key: 'Enter', ctrlKey: true });
    expect(answers(backend)).toEqual([]);
    await fireEvent.input(text, { target: { value: 'cargo test' } });
    await fireEvent.click(screen.getByTestId('ask-allow-edited'));
    expect(answers(backend)).toEqual([
      {
        answer: 'allow',
        suggestions: [],
        input: { command: 'cargo test', description: 'Run the tests' },
      },
    ]);
  });

  it('are as they were where nothing was changed, and when editing is given up', async () => {
    const { backend } = await openFirst('some');
    await press('e');
    await fireEvent.keyDown(await screen.findByTestId('ask-edit-text'), { key: 'Escape' });
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('ask')));
    await fireEvent.click(screen.getByTestId('ask-edit'));
    await fireEvent.keyDown(await screen.findByTestId('ask-edit-text'), { key: 'Enter', ctrlKey: true });
    expect(answers(backend)).toEqual([{ answer: 'allow', suggestions: [] }]);
  });

  it('are edited as JSON where it is no command, checked while it is typed', async () => {
    const { backend } = await openFirst('edit');
    await press('e');
    const text = await screen.findByTestId<HTMLTextAreaElement>('ask-edit-text');
    const wrong = () => screen.getByTestId('ask-edit-wrong').textContent;
    const type = (value: string) => fireEvent.input(text, { target: { value } });
    expect(JSON.parse(text.value)).toMatchObject({ old_string: 'const a = 1;\nreturn location.pathname;\n' });
    await type('{"file_path": ');
    expect(wrong()).toContain('not valid JSON');
    await type('[1]');
    expect(wrong()).toContain('JSON object');
    await type('{"file_path": "/x"}');
    expect(wrong()).toBe('');
    await fireEvent.click(screen.getByTestId('ask-allow-edited'));
    expect(answers(backend)).toEqual([{ answer: 'allow', suggestions: [], input: { file_path: '/x' } }]);
  });

  it('take the second press as well when they were edited, and show what hides in a field', async () => {
    const { backend } = await openFirst('danger');
    await press('e');
    const text = await screen.findByTestId('ask-edit-text');
    expect(screen.getByTestId('ask-edit-revealed').textContent).toContain('U+202E');
    await fireEvent.input(text, { target: { value: 'rm -rf build' } });
    expect(screen.queryByTestId('ask-edit-revealed')).toBeNull();
    await fireEvent.keyDown(text, { key: 'Enter', ctrlKey: true });
    expect(answers(backend)).toEqual([]);
    await fireEvent.keyDown(text, { key: 'Enter', ctrlKey: true });
    expect(answers(backend)).toMatchObject([{ input: { command: 'rm -rf build', run_in_background: true } }]);
  });

  it('say which subagent asks, offer no rule where a person is to look, and obey nothing in a reason', async () => {
    const { backend } = await openFirst('agent');
    expect(screen.getByTestId('ask-agent').textContent).toContain('agent-7');
    expect(screen.getByTestId('ask-interactive')).toBeTruthy();
    expect(screen.queryByRole('checkbox')).toBeNull();
    const { textContent } = screen.getByTestId('ask');
    expect(textContent).toContain('LookU+001B[2KU+202E');
    expect(isHidden(textContent)).toBe(false);
    expect(textContent).toContain('characters that can’t be seen');
    await press('a');
    expect(answers(backend)).toEqual([{ answer: 'allow', suggestions: [] }]);
  });

  it('show what hides in a command, a question and a plan', async () => {
    const { backend, id } = await openFirst('some');
    const [one] = backend.inbox;
    if (!one || one.ask.ask.kind !== 'permission') throw new Error('nothing is asked');
    const text = () => screen.getByTestId('ask').textContent;
    const input = { command: 'echo \u001b[8mhidden\u001b[0m', 'na\u202Eme': 1 };
    backend.asks(id, [{ ...one.ask, request_id: 'a', ask: { ...one.ask.ask, input } }]);
    await waitFor(() => expect(text()).toContain('U+001B[8mhidden'));
    expect(text()).toContain('naU+202Eme');
    const question = { question: 'Is `a\u202Eb` it?', header: '', multi_select: false, options: [] };
    backend.asks(id, [{ ...one.ask, request_id: 'b', ask: { kind: 'question', questions: [question] } }]);
    await waitFor(() => expect(text()).toContain('aU+202Eb'));
    backend.asks(id, [{ ...one.ask, request_id: 'c', ask: { kind: 'plan', plan: 'Do \u202Eit\u001b[2J' } }]);
    await waitFor(() => expect(text()).toContain('Do U+202EitU+001B[2J'));
  });
});
