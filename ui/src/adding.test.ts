import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { uuid } from './backend/fake/scenes';
import { taskId } from './backend/fake/tasks';
import type { Addition, BatchSource } from './backend/types';
import { columns } from './features/batch/columns';
import { faults, open, press } from './test-window';

type Calls = { calls: { name: string; args: unknown[] }[] };
const added = ({ calls }: Calls) =>
  calls.filter(({ name }) => name === 'queueAdd').map(({ args }) => args[0] as Addition);
const type = (testid: string, value: string) =>
  fireEvent.input(screen.getByTestId(testid), { target: { value } });
const choose = (testid: string, value: string) =>
  fireEvent.change(screen.getByTestId(testid), { target: { value } });

describe('the launch sheet', () => {
  async function sheet(scene = 'tasks') {
    const opened = await open(scene);
    await fireEvent.click(screen.getByTestId('launch-open'));
    await type('launch-prompt', 'Fix the test');
    return opened;
  }

  it('adds to the queue, and leaves on screen what is read', async () => {
    const { backend, bosk } = await sheet();
    await fireEvent.click(screen.getByTestId('launch-queue'));
    await waitFor(() => expect(bosk.sheet).toBeNull());
    expect(added(backend)).toMatchObject([
      { specs: [{ prompt: 'Fix the test' }], batch: null, priority: 'normal', after: [], builds_on: null },
    ]);
    expect(bosk.selected).toBeNull();
    expect(bosk.said).toBe('1 task added to the queue');
    expect(screen.getAllByTestId('task-row').some((row) => row.textContent.includes('Fix the test'))).toBe(
      true,
    );
    expect(backend.calls.some(({ name }) => name === 'launch')).toBe(false);
  });

  it('does so by keys, with how urgent it is and what it waits for', async () => {
    const { backend } = await sheet();
    await choose('turn-priority', 'high');
    expect(screen.queryByTestId('turn-builds')).toBeNull();
    await choose('turn-after', uuid(2));
    expect(screen.getByTestId('launch-turn').textContent).toMatch(/High · after Port the pricing tests/);
    await fireEvent.click(await screen.findByTestId('turn-builds'));
    await fireEvent.keyDown(screen.getByTestId('launch-prompt'), {
      key: 'Enter',
      ctrlKey: true,
      shiftKey: true,
    });
    await waitFor(() => expect(added(backend)).toHaveLength(1));
    expect(added(backend)[0]).toMatchObject({ priority: 'high', after: [uuid(2)], builds_on: uuid(2) });
  });

  it('waits for nothing that is over meanwhile', async () => {
    const { backend } = await sheet();
    await choose('turn-after', taskId(1));
    await backend.queueCancel(taskId(1));
    await waitFor(() => expect(screen.getByTestId('launch-turn').textContent).not.toContain('after'));
    await fireEvent.click(screen.getByTestId('launch-queue'));
    await waitFor(() => expect(added(backend)[0]).toMatchObject({ after: [] }));
  });

  it('asks about trust first, and says what is wrong', async () => {
    const { backend, bosk } = await sheet('trust');
    await fireEvent.click(screen.getByTestId('launch-queue'));
    const accept = await screen.findByTestId<HTMLButtonElement>('trust-accept');
    await waitFor(() => expect(accept.disabled).toBe(false));
    expect(accept.textContent.trim()).toBe('Trust and go on');
    vi.spyOn(backend, 'queueAdd').mockRejectedValueOnce({ code: 'disk_full', message: 'No.', hint: null });
    await fireEvent.click(accept);
    expect((await screen.findByTestId('problem')).dataset['code']).toBe('disk_full');
    await fireEvent.click(screen.getByTestId('launch-queue'));
    await waitFor(() => expect(bosk.sheet).toBeNull());
    expect(backend.tasks).toHaveLength(1);
  });
});

describe('a batch', () => {
  const items = () => screen.queryAllByTestId('batch-item');
  const words = () => items().map((item) => item.querySelector('.cut')?.textContent);

  async function sheet(scene = 'some') {
    const opened = await open(scene);
    await press('b', { ctrlKey: true });
    await screen.findByTestId('batch');
    return opened;
  }

  it('shows what comes of it while it is written, and asks no more than once a pause', async () => {
    const { backend } = await sheet();
    const asked = vi.spyOn(backend, 'batchPrompts');
    const submit = screen.getByTestId<HTMLButtonElement>('batch-submit');
    expect(submit.disabled).toBe(true);
    await type('batch-text', 'One');
    await type('batch-text', 'One\nTwo');
    await waitFor(() => expect(words()).toEqual(['One', 'Two']));
    expect(asked.mock.calls).toEqual([[{ kind: 'prompts', text: 'One\nTwo' }]]);
    expect(submit.textContent.trim()).toBe('Add 2 tasks to the queue');
    await type('batch-text', 'One\nmore\n---\nTwo');
    await waitFor(() => expect(within(items()[0] as HTMLElement).queryByRole('button')).toBeTruthy());
    await fireEvent.click(within(items()[0] as HTMLElement).getByRole('button'));
    expect(items()[0]?.textContent).toContain('more');
    await type('batch-text', '');
    await waitFor(() => expect(items()).toEqual([]));
    expect(submit.disabled).toBe(true);
  });

  it('adds all but what was left out, which stays out while others are written', async () => {
    const { backend, bosk, store } = await sheet();
    await type('batch-text', 'One\nTwo\nThree');
    await waitFor(() => expect(items()).toHaveLength(3));
    await fireEvent.click(screen.getByLabelText('Include 2: Two'));
    await type('batch-text', 'Zero\nOne\nTwo\nThree');
    await waitFor(() => expect(items()).toHaveLength(4));
    expect(screen.getByTestId('batch-count').textContent.trim()).toBe('3 of 4');
    await type('batch-name', 'Numbers');
    await choose('turn-priority', 'low');
    await fireEvent.click(screen.getByTestId('batch-chain'));
    await fireEvent.keyDown(screen.getByTestId('batch-text'), { key: 'Enter', ctrlKey: true });
    await waitFor(() => expect(bosk.sheet).toBeNull());
    const [addition] = added(backend);
    expect(addition).toMatchObject({ batch: 'Numbers', priority: 'low', one_after_another: true });
    expect(addition?.specs.map(({ prompt, branch }) => [prompt, branch])).toEqual([
      ['Zero', null],
      ['One', null],
      ['Three', null],
    ]);
    expect(bosk.said).toBe('3 tasks added to the queue');
    await waitFor(() => expect(store.waiting).toHaveLength(3));
    expect(store.waiting[2]).toMatchObject({ builds_on: store.waiting[1]?.id, batch: 'Numbers' });
  });

  it('has a name in any case, unless it is one task', async () => {
    const { backend } = await sheet();
    await type('batch-text', 'One\nTwo');
    await waitFor(() => expect(items()).toHaveLength(2));
    await fireEvent.click(screen.getByTestId('batch-submit'));
    await waitFor(() => expect(added(backend)[0]?.batch).toMatch(/^Batch of /));
    await press('b', { ctrlKey: true });
    await type('batch-text', 'One');
    await waitFor(() => expect(items()).toHaveLength(1));
    await fireEvent.click(screen.getByTestId('batch-submit'));
    await waitFor(() => expect(added(backend)[1]?.batch).toBeNull());
  });

  it('fills a prompt from a table, whose columns are offered', async () => {
    await sheet();
    await fireEvent.click(screen.getByRole('radio', { name: 'Table' }));
    await type('batch-table', 'file,why\na.ts,old\nb.ts,slow');
    await type('batch-template', 'Port ');
    const template = screen.getByTestId<HTMLTextAreaElement>('batch-template');
    template.setSelectionRange(5, 5);
    const [file, why] = screen.getAllByTestId('batch-column');
    expect([file?.textContent.trim(), why?.textContent.trim()]).toEqual(['{file}', '{why}']);
    await fireEvent.click(screen.getByLabelText('Insert the column file'));
    await waitFor(() => expect(template.value).toBe('Port {file}'));
    expect(document.activeElement).toBe(template);
    await waitFor(() => expect(words()).toEqual(['Port a.ts', 'Port b.ts']));
    await type('batch-table', '[{"file": "c.ts"');
    expect((await screen.findByTestId('problem')).textContent).toContain('missing comma');
    expect(items()).toEqual([]);
    await type('batch-table', '[{"file": "c.ts"}]');
    await waitFor(() => expect(words()).toEqual(['Port c.ts']));
    expect(screen.queryByTestId('problem')).toBeNull();
  });

  it('reads a file, with a prompt where that is a table', async () => {
    const { backend } = await sheet();
    const asked: BatchSource[] = [];
    const read = backend.batchPrompts.bind(backend);
    vi.spyOn(backend, 'batchPrompts').mockImplementation((source) => {
      asked.push(source);
      return read(source);
    });
    await fireEvent.click(screen.getByRole('radio', { name: 'File' }));
    vi.spyOn(backend, 'batchFile').mockResolvedValueOnce(null);
    await fireEvent.click(screen.getByTestId('batch-pick'));
    expect(screen.queryByTestId('batch-path')).toBeNull();
    await fireEvent.click(screen.getByTestId('batch-pick'));
    await waitFor(() => expect(screen.getByTestId('batch-path').textContent).toContain('tasks.csv'));
    expect((await screen.findByTestId('problem')).textContent).toContain('A table needs a prompt');
    await type('batch-file-template', 'Port {file}');
    await waitFor(() => expect(words()).toEqual(['Port a.ts', 'Port b.ts']));
    expect(asked.map((source) => (source.kind === 'file' ? source.template : ''))).toEqual([
      null,
      'Port {file}',
    ]);
  });

  it('asks about trust, draws long lists bit by bit, and offers no branch', async () => {
    const { backend, bosk } = await sheet('trust');
    await type('batch-text', Array.from({ length: 130 }, (_, at) => `Task ${String(at)}`).join('\n'));
    await waitFor(() => expect(items()).toHaveLength(50));
    await fireEvent.click(screen.getByTestId('batch-more'));
    expect(items()).toHaveLength(100);
    expect(screen.queryByLabelText('Branch')).toBeNull();
    await fireEvent.click(screen.getByTestId('batch-submit'));
    const accept = await screen.findByTestId<HTMLButtonElement>('trust-accept');
    await waitFor(() => expect(accept.disabled).toBe(false));
    await fireEvent.click(accept);
    await waitFor(() => expect(bosk.sheet).toBeNull());
    expect(backend.tasks).toHaveLength(130);
  });

  it('is opened from the menu of the list', async () => {
    const { bosk } = await open('some');
    await fireEvent.click(screen.getByRole('button', { name: 'All sessions' }));
    await fireEvent.click(screen.getByTestId('menu-batch'));
    await waitFor(() => expect(bosk.sheet).toBe('batch'));
  });

  it('has no faults, whichever way the prompts come', async () => {
    await sheet('tasks');
    for (const kind of ['Prompts', 'Table', 'File']) {
      await fireEvent.click(screen.getByRole('radio', { name: kind }));
      expect(await faults()).toEqual([]);
    }
  });
});

describe('the columns of a table', () => {
  it('are its first line’s, or the names in a list', () => {
    expect(columns('file,why\na,b')).toEqual(['file', 'why']);
    expect(columns('\n"the file, its name","why"\n'), 'no name that braces know').toEqual(['why']);
    expect(columns('"file name", b\n')).toEqual(['file name', 'b']);
    expect(columns('a b\tc-d\te_f\n')).toEqual(['a b', 'c-d', 'e_f']);
    expect(columns('[{"file": "a"}, {"file": "b", "파일": 1}]')).toEqual(['file', '파일']);
    expect(columns('[{"file": ')).toEqual([]);
    expect(columns('1,,2')).toEqual([]);
    expect(columns('')).toEqual([]);
  });
});
