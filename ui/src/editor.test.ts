import { fireEvent, screen, waitFor } from '@testing-library/svelte';
import { EditorView } from '@codemirror/view';
import { describe, expect, it, vi } from 'vitest';
import type { EditedFile } from './backend/types';
// Here already, so that no test waits for it to be read.
import './features/edit/Edit.svelte';
import { indentOf } from './shared/editor/editor';
import { editingOf } from './state/editing.svelte';
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
    await screen.findByRole('dialog', { name: 'Edit src/auth/redirect.ts' });
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
