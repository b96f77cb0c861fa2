import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { EditorView } from '@codemirror/view';
import { describe, expect, it, vi } from 'vitest';
import { actions } from './actions';
import type { EditedFile } from './backend/types';
// Here already, so that no test waits for it to be read.
import './features/edit/Edit.svelte';
import { indentOf } from './shared/editor/editor';
import { editingOf } from './state/editing.svelte';
import { unsavedOf } from './state/unsaved.svelte';
import { faults, openFirst } from './test-window';

/** A file that is read and written. */
class Disk {
  writes: string[] = [];
  constructor(
    public text: string | null,
    public closed: EditedFile['closed'] = null,
  ) {}
  stamp = 1;
  get file(): EditedFile {
    return { text: this.text, closed: this.closed, stamp: String(this.stamp) };
  }
  change(text: string) {
    this.text = text;
    this.stamp += 1;
  }
  readFile = async () => this.file;
  writeFile = async (_id: string, _path: string, text: string, stamp: string) => {
    if (stamp !== String(this.stamp)) throw { code: 'session_state', message: 'It has changed.', hint: null };
    this.writes.push(text);
    this.change(text);
    return this.file;
  };
}

async function edit(disk: Disk, path = `src/${crypto.randomUUID()}.ts`) {
  const opened = await openFirst('some');
  const { readFile, writeFile } = disk;
  Object.assign(opened.backend, { readFile, writeFile });
  const open = async () => {
    editingOf(opened.bosk).open(path, 2);
    await screen.findByTestId('file-editor');
  };
  await open();
  return { ...opened, open, path };
}

const place = async () => {
  const text = await screen.findByTestId('edit-text');
  return text.querySelector('.cm-content') as HTMLElement;
};
async function view(): Promise<EditorView> {
  const found = EditorView.findFromDOM(await place());
  if (!found) throw new Error('no editor');
  return found;
}
async function type(text: string) {
  const editor = await view();
  editor.dispatch({
    changes: { from: editor.state.selection.main.head, insert: text },
    userEvent: 'input.type',
  });
}
const stands = () => screen.getByTestId('edit-state').textContent.trim();
const key = async (name: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(await place(), {
    key: name,
    keyCode: name === 'Escape' ? 27 : name.charCodeAt(0),
    ...more,
  });

describe('a file that is edited', () => {
  it('opens at its line, is named, and is saved by a key', async () => {
    const disk = new Disk('one\ntwo\nthree\n');
    const { path } = await edit(disk);
    const editor = await view();
    expect((await place()).getAttribute('aria-label')).toBe(`Text of ${path}`);
    expect(editor.state.doc.lineAt(editor.state.selection.main.head).number).toBe(2);
    expect(await faults()).toEqual([]);
    await type('and ');
    await waitFor(() => expect(stands()).toBe('Not saved'));
    await key('s', { ctrlKey: true });
    await waitFor(() => expect(stands()).toBe('Saved'));
    expect(disk.writes).toEqual(['one\nand two\nthree\n']);
  });

  it('shows what hides in it by its number', async () => {
    await edit(new Disk('a\u202eb\u200bc\rd\n'));
    const hidden = [...(await place()).querySelectorAll('.cm-specialChar')].map((one) => one.textContent);
    expect(hidden).toEqual(['U+202E', 'U+200B', 'U+000D']);
    expect(await faults()).toEqual([]);
  });

  it('keeps its line ends', async () => {
    const disk = new Disk('a\r\nb\r\n');
    await edit(disk);
    await type('x');
    await fireEvent.click(screen.getByTestId('edit-save'));
    await waitFor(() => expect(disk.writes).toEqual(['a\r\nxb\r\n']));
  });

  it('is not overwritten where it has changed since: mine is kept, or it is read anew', async () => {
    const disk = new Disk('one\ntwo\n');
    await edit(disk);
    await type('my ');
    disk.change('theirs\n');
    await fireEvent.click(screen.getByTestId('edit-save'));
    await screen.findByTestId('edit-reload');
    expect(disk.writes).toEqual([]);
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByTestId('edit-keep'));
    await waitFor(() => expect(disk.writes).toEqual(['one\nmy two\n']));
    disk.change('again\n');
    await type('more ');
    await fireEvent.click(screen.getByTestId('edit-save'));
    await fireEvent.click(await screen.findByTestId('edit-reload'));
    await waitFor(async () => expect((await view()).state.sliceDoc()).toBe('again\n'));
    expect(stands()).toBe('');
  });

  it('has what was not saved when it is opened again', async () => {
    const disk = new Disk('one\ntwo\n');
    const { bosk, open } = await edit(disk);
    await type('my ');
    bosk.sheet = null;
    await waitFor(() => expect(screen.queryByTestId('file-editor')).toBeNull());
    await open();
    expect((await view()).state.sliceDoc()).toBe('one\nmy two\n');
    expect(stands()).toBe('Not saved');
    await fireEvent.click(screen.getByTestId('edit-discard'));
    await waitFor(async () => expect((await view()).state.sliceDoc()).toBe('one\ntwo\n'));
    bosk.sheet = null;
    await waitFor(() => expect(screen.queryByTestId('file-editor')).toBeNull());
    await open();
    await view();
    expect(screen.queryByTestId('edit-discard')).toBeNull();
  });

  it('says so where it has changed while what was written lay aside', async () => {
    const disk = new Disk('one\n');
    const { bosk, open } = await edit(disk);
    await type('my ');
    bosk.sheet = null;
    await waitFor(() => expect(screen.queryByTestId('file-editor')).toBeNull());
    disk.change('theirs\n');
    await open();
    await screen.findByTestId('edit-keep');
    await fireEvent.click(screen.getByTestId('edit-save'));
    expect(disk.writes).toEqual([]);
  });

  it('says so with both beside each other, where that is asked for', async () => {
    const disk = new Disk('one\ntwo\n');
    await edit(disk);
    await type('my ');
    disk.change('one\ntheirs\n');
    await fireEvent.click(screen.getByTestId('edit-save'));
    const compare = await screen.findByTestId('edit-compare');
    await fireEvent.click(compare);
    const differing = (await screen.findByTestId('edit-differing')).textContent;
    expect(compare.getAttribute('aria-pressed')).toBe('true');
    expect(differing).toContain('theirs');
    expect(differing).toContain('my two');
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByTestId('edit-keep'));
    await waitFor(() => expect(screen.queryByTestId('edit-differing')).toBeNull());
  });

  it('lets Tab indent, and Esc leave the text without closing it', async () => {
    await edit(new Disk('one\n  two\n'));
    await key('Tab', { keyCode: 9 });
    expect((await view()).state.sliceDoc()).toBe('one\n    two\n');
    const event = new KeyboardEvent('keydown', {
      key: 'Escape',
      keyCode: 27,
      bubbles: true,
      cancelable: true,
    });
    (await place()).dispatchEvent(event);
    expect(event.defaultPrevented).toBe(true);
    expect(document.activeElement).toBe(screen.getByTestId('edit-save'));
    expect(screen.getByTestId('edit-save').getAttribute('aria-describedby')).toBeTruthy();
  });

  it('is named rather than opened where it cannot be edited', async () => {
    await edit(new Disk(null, 'binary'));
    await screen.findByText(/binary file/);
    expect(screen.queryByTestId('edit-save')).toBeNull();
    expect(await faults()).toEqual([]);
  });

  it('is found by a few letters', async () => {
    const { backend, bosk } = await edit(new Disk('one\n'));
    bosk.sheet = null;
    await waitFor(() => expect(screen.queryByTestId('file-editor')).toBeNull());
    const ask = vi.spyOn(backend, 'findFiles');
    editingOf(bosk).open(null);
    const field = await screen.findByRole('combobox', { name: 'Find a file' });
    await fireEvent.input(field, { target: { value: 'auth' } });
    await waitFor(() => expect(screen.getAllByRole('option')).toHaveLength(2));
    expect(ask).toHaveBeenLastCalledWith(bosk.selected, 'auth');
    expect(await faults()).toEqual([]);
    await fireEvent.keyDown(field, { key: 'ArrowDown' });
    await fireEvent.keyDown(field, { key: 'Enter' });
    await screen.findByRole('dialog', { name: 'Edit src/auth/return-url.test.ts' });
  });
});

describe('what was not saved before a restart', () => {
  async function left(disk: Disk, stamp = '1') {
    const opened = await edit(disk, 'src/a.ts');
    const { backend, bosk } = opened;
    bosk.sheet = null;
    await waitFor(() => expect(screen.queryByTestId('file-editor')).toBeNull());
    const id = bosk.selected ?? '';
    const at = Date.now() - 60_000;
    await backend.keepUnsaved(id, { path: 'src/a.ts', text: 'mine\n', stamp, at });
    await unsavedOf(bosk).look(id);
    return { ...opened, id, bar: await screen.findByTestId('unsaved') };
  }

  it('is told, and gone on with', async () => {
    const disk = new Disk('one\n');
    const { backend, id, bar, store } = await left(disk);
    expect(bar.textContent).toContain('You have edits in src/a.ts that are not saved');
    expect(await faults()).toEqual([]);
    store.settings = { ...store.settings, language: 'ko' };
    await waitFor(() => expect(bar.textContent).toContain('저장하지 않은 편집이 있습니다'));
    store.settings = { ...store.settings, language: 'en' };
    await fireEvent.click(await screen.findByRole('button', { name: 'Restore' }));
    expect((await view()).state.sliceDoc()).toBe('mine\n');
    expect(screen.queryByTestId('unsaved')).toBeNull();
    await fireEvent.click(screen.getByTestId('edit-save'));
    await waitFor(() => expect(disk.writes).toEqual(['mine\n']));
    await waitFor(async () => expect(await backend.unsaved(id)).toEqual([]));
  });

  it('is thrown away, and brought back by one press', async () => {
    const { backend, bosk, id } = await left(new Disk('one\n'));
    await backend.keepUnsaved(id, { path: 'src/b.ts', text: 'b\n', stamp: '1', at: 1 });
    await unsavedOf(bosk).look(id);
    await waitFor(() => expect(screen.getByTestId('unsaved').textContent).toContain('1 more file'));
    const labels = () => actions(bosk).map(({ label }) => label);
    expect(labels()).toContain('Restore the edits in src/a.ts');
    await fireEvent.click(screen.getByTestId('unsaved-discard'));
    await waitFor(() => expect(screen.getByTestId('unsaved').textContent).toContain('src/b.ts'));
    expect(labels()).toContain('Discard the edits in src/b.ts');
    expect((await backend.unsaved(id)).map(({ path }) => path)).toEqual(['src/b.ts']);
    await fireEvent.click(await screen.findByTestId('undo'));
    await waitFor(async () => expect(await backend.unsaved(id)).toHaveLength(2));
    expect((await backend.unsavedText(id, 'src/a.ts'))?.text).toBe('mine\n');
  });

  it('is not put over a file that has become another, but compared with it', async () => {
    const disk = new Disk('theirs\n');
    await left(disk, 'older');
    await fireEvent.click(screen.getByTestId('unsaved-restore'));
    await fireEvent.click(await screen.findByTestId('edit-compare'));
    expect((await screen.findByTestId('edit-differing')).textContent).toContain('theirs');
    await fireEvent.click(screen.getByTestId('edit-save'));
    expect(disk.writes).toEqual([]);
  });

  it('can be copied where the file is gone', async () => {
    const { backend, id } = await left(new Disk('one\n'));
    vi.spyOn(backend, 'readFile').mockRejectedValue({ code: 'invalid_input', message: 'Gone.', hint: null });
    await fireEvent.click(screen.getByTestId('unsaved-restore'));
    const stranded = await screen.findByTestId('edit-stranded');
    const write = vi.fn().mockResolvedValue(undefined);
    vi.stubGlobal('navigator', Object.assign(Object.create(navigator), { clipboard: { writeText: write } }));
    await fireEvent.click(within(stranded).getByRole('button', { name: /^Copy the edits/ }));
    vi.unstubAllGlobals();
    expect(write).toHaveBeenCalledWith('mine\n');
    expect(await faults()).toEqual([]);
    await fireEvent.click(within(stranded).getByRole('button', { name: 'Discard it' }));
    await waitFor(async () => expect(await backend.unsaved(id)).toEqual([]));
  });

  it('is kept as it is written, and says so where it cannot be', async () => {
    const { backend, bosk } = await edit(new Disk('one\n'), 'src/c.ts');
    const id = bosk.selected ?? '';
    await type('my ');
    await waitFor(async () => expect((await backend.unsavedText(id, 'src/c.ts'))?.text).toContain('my '));
    vi.spyOn(backend, 'keepUnsaved').mockRejectedValueOnce({
      code: 'invalid_input',
      message: 'It is too large to be kept until it is saved.',
      hint: null,
    });
    await type('very ');
    const unkept = await screen.findByTestId('edit-unkept');
    expect(unkept.textContent).toContain('only as long as this window. It is too large');
    await type('own ');
    await waitFor(() => expect(screen.queryByTestId('edit-unkept')).toBeNull());
  });
});

it('indents as the text itself does', () => {
  expect([indentOf('a\n\tb'), indentOf('a\n    b'), indentOf('a\n  b'), indentOf('a')]).toEqual([
    '\t',
    '    ',
    '  ',
    '  ',
  ]);
});
