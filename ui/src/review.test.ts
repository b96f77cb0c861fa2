import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { tick } from 'svelte';
import { describe, expect, it, vi } from 'vitest';
import { actions } from './actions';
import './features/review/Review.svelte';
import { uuid } from './backend/fake/scenes';
import type { Comment, Picked } from './backend/types';
import type { Bosk } from './state/bosk.svelte';
import { reviewsOf } from './state/reviews.svelte';
import { faults, openFirst, press } from './test-window';

const REDIRECT = 'src/auth/redirect.ts';

async function review(scene = 'review', chosen: Record<string, unknown> = {}) {
  const opened = await openFirst(scene);
  await opened.backend.remember('review', { against: 'base', ...chosen });
  await press('r');
  const region = await screen.findByTestId('review');
  shown = opened.bosk;
  return { ...opened, region };
}

const files = () => screen.getAllByTestId('review-file');
const file = (path: string) => {
  const found = screen.queryAllByTestId('review-file').find((one) => one.dataset['path'] === path);
  if (!found) throw new Error(`${path} is not drawn`);
  return found;
};
let shown: Bosk | null = null;
/** Brings a file on screen, as its lines are drawn near that only. */
async function goTo(path: string) {
  await screen.findByTestId('review-diffs');
  const id = shown?.selected;
  if (shown && id) reviewsOf(shown).show(id, path);
  return waitFor(() => file(path));
}
const lines = (path: string) => within(file(path)).queryAllByTestId('review-line');
const line = (path: string, text: string) =>
  waitFor(() => {
    const found = lines(path).find((one) => one.textContent.includes(text));
    if (!found) throw new Error(`no line says ${text}`);
    return found;
  });
const number = (row: HTMLElement, side = 'new') => {
  const found = row.querySelector<HTMLElement>(`[data-side=${side}]`);
  if (!found) throw new Error('the line has no number');
  return found;
};
/** Presses on one line's number and draws to another's. */
async function draw(from: HTMLElement, to: HTMLElement, side = 'new') {
  await fireEvent.pointerDown(number(from, side), { button: 0 });
  await fireEvent.pointerMove(to);
  await fireEvent.pointerUp(to);
}
const key = (name: string, more: KeyboardEventInit = {}) =>
  fireEvent.keyDown(document.activeElement ?? document.body, { key: name, ...more });
const picked = (backend: { calls: { name: string; args: unknown[] }[] }) =>
  backend.calls.filter(({ name }) => name === 'doPicked').map(({ args }) => [args[1], args[2], args[3]]);

describe('a review', () => {
  it('opens by its key in place of the transcript, and goes back with the focus', async () => {
    const { bosk } = await review();
    await waitFor(() => expect(screen.getByTestId('review-sum').textContent).toMatch(/12 files/));
    await waitFor(() => expect(document.activeElement).toBe(screen.getByTestId('review-diffs')));
    expect(screen.getByTestId('transcript').parentElement?.hidden).toBe(true);
    expect(screen.getByLabelText<HTMLInputElement>('Review').checked).toBe(true);
    expect(await faults()).toEqual([]);
    await press('r');
    await waitFor(() => expect(screen.queryByTestId('review')).toBeNull());
    await waitFor(() => expect(document.activeElement?.getAttribute('aria-label')).toBe('Transcript'));
    expect(actions(bosk).find(({ id }) => id === 'review')?.label).toBe('Review the changes');
  });

  it('lists files by folder, and names what it does not open', async () => {
    await review();
    const tree = await screen.findByTestId('review-tree');
    await waitFor(() => expect(within(tree).queryAllByRole('treeitem').length).toBeGreaterThan(10));
    const words = within(tree)
      .getAllByRole('treeitem')
      .map((one) => one.dataset['line']);
    expect(words.slice(0, 4)).toEqual([
      'assets/',
      'assets/icons/',
      'assets/icons/cart.png',
      'assets/banner.psd',
    ]);
    const said = async (path: string) => {
      const place = await goTo(path);
      return waitFor(() => {
        const { textContent } = within(place).getByTestId('review-body');
        expect(textContent).not.toBe('Loading…');
        return textContent;
      });
    };
    expect(await said('assets/banner.psd')).toBe('A binary file: no lines to show (8.4 MB).');
    expect(await said('data/rates.csv')).toBe('Too long to be shown here (94 MB).');
    const cart = await goTo('assets/icons/cart.png');
    await waitFor(() => expect(within(cart).getAllByRole('img')).toHaveLength(2));
    expect(within(cart).getAllByRole('img')[0]?.getAttribute('src')).toMatch(/^data:image\/png;base64,/);
    for (const path of ['package-lock.json', 'src/legacy/client.ts'])
      expect((await goTo(path)).querySelector('[data-head]')?.getAttribute('aria-expanded')).toBe('false');
    const sum = await goTo('src/prices/sum.test.ts');
    expect(sum.textContent).toContain('tests/pricing.test.ts → ');
    const mail = await goTo('docs/mail.md');
    await waitFor(() => expect(within(mail).getByLabelText(/U\+202E/)).toBeTruthy());
    expect(await faults()).toEqual([]);
  });

  it('colours code, and marks the words that differ', async () => {
    await review();
    await goTo(REDIRECT);
    const row = await line(REDIRECT, 'return path + search + hash');
    expect(row.querySelector('.hljs-keyword')?.textContent).toBe('return');
    expect(row.dataset['kind']).toBe('add');
    const changed = await line(REDIRECT, "!url.startsWith('//')");
    expect([...changed.querySelectorAll('mark')].map((one) => one.textContent).join('')).toContain('&&');
  });

  it('is split on demand, remembers it, and shows more lines around', async () => {
    const { backend } = await review();
    await goTo(REDIRECT);
    await line(REDIRECT, 'return path + search');
    await fireEvent.click(screen.getByLabelText('Split'));
    const row = await line(REDIRECT, 'const { search, hash }');
    expect(row.querySelectorAll('[role=gridcell]')).toHaveLength(4);
    expect(await backend.recall('review')).toMatchObject({ split: true });
    expect(lines(REDIRECT).some((one) => one.textContent.includes('step15'))).toBe(false);
    const asked = vi.spyOn(backend, 'fileLines');
    await fireEvent.click(within(file(REDIRECT)).getAllByText(/^\d+ lines$/)[0] as HTMLElement);
    await line(REDIRECT, 'step15');
    expect(asked.mock.calls[0]?.slice(2)).toEqual([REDIRECT, null, false, 23]);
    expect(await faults()).toEqual([]);
  });

  it('is gone through by keys: lines, changes, files, what is viewed', async () => {
    const { bosk, backend, region } = await review();
    await screen.findAllByTestId('review-file');
    await key('n');
    await waitFor(() => expect(document.activeElement?.closest('[data-path]')).toBe(files()[0]));
    await goTo(REDIRECT);
    await line(REDIRECT, 'const path');
    region.focus();
    await key('ArrowDown');
    await waitFor(() => expect(document.activeElement?.textContent).toContain('/** Where to go'));
    await key('ArrowDown', { altKey: true });
    await key('ArrowDown', { shiftKey: true });
    await waitFor(() => expect(screen.getByTestId('review-picked').textContent).toContain('2 lines picked'));
    await key('Escape');
    expect(screen.queryByTestId('review-picked')).toBeNull();
    const mark = vi.spyOn(backend, 'markViewed');
    await key('x');
    expect(mark).toHaveBeenCalledWith(bosk.selected, REDIRECT, expect.any(String));
    await waitFor(() =>
      expect(document.activeElement?.closest<HTMLElement>('[data-path]')?.dataset['path']).toBe(
        'src/auth/return-url.test.ts',
      ),
    );
    // Keys that mean something else elsewhere mean nothing else here.
    await key('p');
    expect(bosk.session?.paused).toBeNull();
  });
});

describe('the palette', () => {
  it('has what can be done with the review on screen, and nothing of it elsewhere', async () => {
    const { bosk, backend } = await review();
    await screen.findAllByTestId('review-file');
    const labels = () => actions(bosk).flatMap(({ id, label }) => (id.startsWith('review-') ? label : []));
    expect(labels()).toContain('Ignore changes of white space');
    expect(labels()).not.toContain('Revert the picked lines');
    await goTo(REDIRECT);
    const row = await line(REDIRECT, 'return path + search');
    await draw(row, row);
    expect(labels()).toContain('Revert the picked lines');
    const asked = vi.spyOn(backend, 'review');
    actions(bosk)
      .find(({ label }) => label === 'Compare: Staged')
      ?.run();
    await waitFor(() => expect(asked).toHaveBeenCalledWith(bosk.selected, 'staged', false));
    await waitFor(() => expect(screen.getByTestId('review-sum').textContent).toContain('3 files'));
    await press('r');
    await waitFor(() => expect(labels()).toEqual([]));
  });
});

describe('a review that is left', () => {
  it('is as it was when one comes back: folds, and what was begun', async () => {
    const { backend } = await review();
    const watched = vi.spyOn(backend, 'unwatchFolder');
    await goTo(REDIRECT);
    const row = await line(REDIRECT, 'return path + search');
    await draw(row, row);
    await key('c');
    const written = () =>
      within(screen.getByTestId('comment-editor')).getByRole<HTMLTextAreaElement>('textbox');
    await fireEvent.input(written(), { target: { value: 'Later' } });
    await goTo('docs/mail.md');
    await fireEvent.click(file('docs/mail.md').querySelector('[data-head]') as HTMLElement);
    await press('r');
    await waitFor(() => expect(watched).toHaveBeenCalledTimes(1));
    await press('r');
    await goTo('docs/mail.md');
    expect(file('docs/mail.md').querySelector('[data-head]')?.getAttribute('aria-expanded')).toBe('false');
    expect((await screen.findByTestId('review-strip')).textContent).toContain('Later');
  });
});

describe('what is viewed', () => {
  it('is folded, may be hidden, and a later change takes it back', async () => {
    const { backend, bosk } = await review();
    await goTo(REDIRECT);
    await fireEvent.click(within(file(REDIRECT)).getByLabelText('Viewed'));
    const head = () => file(REDIRECT).querySelector('[data-head]');
    await waitFor(() => expect(head()?.getAttribute('aria-expanded')).toBe('false'));
    expect(screen.getByTestId('review-sum').textContent).toContain('1 of 12 viewed');
    backend.touch(bosk.selected ?? '', REDIRECT, ({ work }) => ({ work: `// more\n${work ?? ''}` }));
    await waitFor(() => expect(head()?.getAttribute('aria-expanded')).toBe('true'));
    expect(within(file(REDIRECT)).getByLabelText<HTMLInputElement>('Viewed').checked).toBe(false);
    expect(file(REDIRECT).textContent).toContain('changed just now');
    await line(REDIRECT, '// more');
  });

  it('is looked at once at a time, however often a change is told', async () => {
    const { backend, bosk, region } = await review();
    await screen.findAllByTestId('review-file');
    const again = within(region).getByRole<HTMLButtonElement>('button', { name: 'Look again' });
    const rested = () => waitFor(() => expect(again.disabled).toBe(false));
    await rested();
    let answer: () => void = () => undefined;
    const look = vi.spyOn(backend, 'review');
    const now = await backend.review(bosk.selected ?? '', 'base', false);
    look.mockClear();
    look.mockImplementationOnce(() => new Promise((resolve) => (answer = () => resolve(now))));
    for (let times = 0; times < 5; times += 1) backend.emit({ type: 'folder', id: bosk.selected ?? '' });
    backend.emit({ type: 'folder', id: uuid(3) });
    await tick();
    expect(look).toHaveBeenCalledTimes(1);
    answer();
    await waitFor(() => expect(look).toHaveBeenCalledTimes(2));
    await rested();
    expect(look).toHaveBeenCalledTimes(2);
  });

  it('keeps what is picked while lines come in above', async () => {
    const { backend, bosk } = await review();
    await goTo(REDIRECT);
    const row = await line(REDIRECT, 'return path + search');
    await draw(row, row);
    expect(row.getAttribute('aria-selected')).toBe('true');
    backend.touch(bosk.selected ?? '', REDIRECT, ({ work }) => ({ work: `// one\n// two\n${work ?? ''}` }));
    await line(REDIRECT, '// two');
    const moved = await line(REDIRECT, 'return path + search');
    await waitFor(() => expect(moved.getAttribute('aria-selected')).toBe('true'));
    expect(lines(REDIRECT).filter((one) => one.getAttribute('aria-selected') === 'true')).toHaveLength(1);
  });
});

describe('lines', () => {
  it('are staged by two, then unstaged as a whole, and that is taken back', async () => {
    const { backend } = await review('review', { against: 'unstaged' });
    await goTo(REDIRECT);
    await draw(
      await line(REDIRECT, 'const { search, hash }'),
      await line(REDIRECT, 'return path + search + hash'),
    );
    expect(screen.getByTestId('review-picked').textContent).toContain('lines picked');
    await key('s');
    await waitFor(() => expect(picked(backend)).toHaveLength(1));
    const [deed, against, [pick]] = picked(backend)[0] as [string, string, Picked[]];
    expect([deed, against, pick?.path]).toEqual(['stage', 'unstaged', REDIRECT]);
    expect(pick?.lines).toEqual([
      { side: 'new', line: 6 },
      { side: 'new', line: 7 },
    ]);
    expect(pick?.seen).toMatch(/^seen /);
    const done = await screen.findByTestId('review-done');
    await waitFor(() => expect(done.textContent).toContain('Staged 2 lines in redirect.ts.'));
    await waitFor(() =>
      expect(lines(REDIRECT).some((one) => one.textContent.includes('const { search'))).toBe(true),
    );
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByTestId('review-undo'));
    await waitFor(() => expect(backend.calls.at(-1)?.name).toBe('undoDeed'));
    await waitFor(() => expect(done.textContent.trim()).toBe(''));
  });

  it('are staged from what is not compared with the index only where their numbers hold', async () => {
    const { backend } = await review();
    await goTo('src/shop.css');
    await line('src/shop.css', 'color: red');
    const offered = (path: string) =>
      within(file(path))
        .queryAllByTestId(/^hunk-/)
        .map((one) => one.dataset['testid']);
    expect(offered('src/shop.css')).toEqual(['hunk-stage', 'hunk-revert']);
    await fireEvent.click(within(file('src/shop.css')).getByTestId('hunk-stage'));
    await waitFor(() => expect(picked(backend)).toHaveLength(1));
    await waitFor(() => expect(offered('src/shop.css')).toEqual(['hunk-unstage', 'hunk-revert']));
    await goTo(REDIRECT);
    await line(REDIRECT, 'return path + search');
    expect(offered(REDIRECT)).toEqual(['hunk-revert', 'hunk-revert']);
  });

  it('are reverted by hunk without a question, and say so where the file is another by now', async () => {
    const { backend, bosk } = await review();
    await goTo(REDIRECT);
    await line(REDIRECT, 'return path + search');
    await fireEvent.click(within(file(REDIRECT)).getAllByTestId('hunk-revert')[0] as HTMLElement);
    await waitFor(() =>
      expect(screen.getByTestId('review-done').textContent).toMatch(/Reverted \d lines in redirect.ts/),
    );
    await waitFor(() =>
      expect(lines(REDIRECT).some((one) => one.textContent.includes('const { search'))).toBe(false),
    );
    const gone = { code: 'session_state' as const, message: 'The file has changed since.', hint: null };
    vi.spyOn(backend, 'doPicked').mockRejectedValueOnce(gone);
    const look = vi.spyOn(backend, 'review');
    await fireEvent.click(within(file(REDIRECT)).getAllByTestId('hunk-revert')[0] as HTMLElement);
    expect((await screen.findByTestId('problem')).textContent).toContain('has changed since');
    expect(look).toHaveBeenCalled();
    await key('z', { ctrlKey: true });
    await fireEvent.keyDown(screen.getByTestId('review'), { key: 'z', ctrlKey: true });
    await waitFor(() => expect(backend.calls.some(({ name }) => name === 'undoDeed')).toBe(true));
    expect(bosk.store.problems).toEqual([]);
  });

  it('of a whole file are staged from its menu, and the tree says so', async () => {
    await review();
    const place = await goTo(REDIRECT);
    await fireEvent.click(within(place).getByRole('button', { name: `More for ${REDIRECT}` }));
    await fireEvent.click(await screen.findByTestId('menu-stage'));
    await waitFor(() =>
      expect(screen.getByTestId('review-done').textContent).toContain('Staged redirect.ts.'),
    );
    await waitFor(() => expect(within(file(REDIRECT)).getByText('staged')).toBeTruthy());
    const conflict = await goTo('src/checkout/totals.ts');
    await fireEvent.click(within(conflict).getByRole('button', { name: /^More for/ }));
    expect(screen.queryByTestId('menu-stage')).toBeNull();
    // The head of a file takes the keys for all of it.
    await goTo('src/shop.css');
    file('src/shop.css').querySelector<HTMLElement>('[data-head]')?.focus();
    await key('Delete');
    await waitFor(() =>
      expect(screen.getByTestId('review-done').textContent).toContain('Reverted shop.css.'),
    );
    await waitFor(() => expect(screen.getByTestId('review-sum').textContent).toContain('11 files'));
  });
});

describe('comments', () => {
  const editor = () => within(screen.getByTestId('comment-editor')).getByRole<HTMLTextAreaElement>('textbox');

  it('are written on a range, kept, and sent together with a note', async () => {
    const { backend, bosk } = await review();
    const id = bosk.selected ?? '';
    await goTo(REDIRECT);
    await draw(
      await line(REDIRECT, 'const { search, hash }'),
      await line(REDIRECT, 'return path + search + hash'),
    );
    await key('c');
    await screen.findByTestId('comment-editor');
    await waitFor(() => expect(document.activeElement).toBe(editor()));
    expect(editor().getAttribute('aria-label')).toBe(`Comment on lines 6–7 of ${REDIRECT}`);
    await fireEvent.input(editor(), { target: { value: 'One line will do' } });
    // An input method's own Enter and Esc.
    await fireEvent.keyDown(editor(), { key: 'Enter', ctrlKey: true, isComposing: true });
    await fireEvent.keyDown(editor(), { key: 'Escape', keyCode: 229 });
    expect(editor().value).toBe('One line will do');
    expect(await faults()).toEqual([]);
    await fireEvent.keyDown(editor(), { key: 'Enter', ctrlKey: true });
    const [card] = await screen.findAllByTestId('review-comment');
    expect(card?.textContent).toContain('One line will do');
    await waitFor(async () => expect(await backend.comments(id)).toHaveLength(1));
    expect((await backend.comments(id))[0]).toMatchObject({
      path: REDIRECT,
      side: 'new',
      from: 6,
      to: 7,
      state: 'draft',
      code: '  const { search, hash } = location;\n  return path + search + hash;',
    });
    const strip = screen.getByTestId('review-strip');
    expect(strip.textContent).toContain('1 comment to send');
    await fireEvent.input(screen.getByTestId('review-note'), { target: { value: 'Please' } });
    await fireEvent.click(screen.getByTestId('review-send'));
    await waitFor(() => expect(bosk.said).toBe('1 comment sent'));
    const call = backend.calls.find(({ name }) => name === 'sendComments');
    expect(call?.args.slice(1)).toEqual([[expect.any(String)], 'Please']);
    await waitFor(() => expect(strip.textContent).toContain('Sent'));
    await fireEvent.click(within(strip).getByText('Seen to'));
    await waitFor(() => expect(strip.textContent).toContain('1 seen to'));
    expect(screen.queryByTestId('review-comment')).toBeNull();
  });

  it('go with their lines, and say when those have changed', async () => {
    const { backend, bosk } = await review();
    const id = bosk.selected ?? '';
    await goTo(REDIRECT);
    const row = await line(REDIRECT, 'return path + search + hash');
    await draw(row, row);
    await fireEvent.click(screen.getByTestId('picked-comment'));
    await fireEvent.input(editor(), { target: { value: 'Why?' } });
    await fireEvent.click(screen.getByTestId('comment-add'));
    const card = () => screen.findByTestId('review-comment');
    expect((await card()).textContent).toContain('line 7');
    backend.touch(id, REDIRECT, ({ work }) => ({ work: `// new\n${work ?? ''}` }));
    await waitFor(async () => expect((await card()).textContent).toContain('line 8'));
    backend.touch(id, REDIRECT, ({ work }) => ({ work: work?.replace('search + hash', 'hash') ?? null }));
    await waitFor(async () => expect((await card()).textContent).toContain('have changed since'));
  });

  it('that were begun are there again after a reload; what was thought better of is not', async () => {
    const { backend, bosk } = await review();
    const id = bosk.selected ?? '';
    await goTo(REDIRECT);
    const row = await line(REDIRECT, 'return path + search + hash');
    await draw(row, row);
    await key('c');
    await fireEvent.input(editor(), { target: { value: 'Half a thou' } });
    await waitFor(async () => expect(await backend.comments(id)).toHaveLength(1));
    await fireEvent.keyDown(editor(), { key: 'Escape' });
    await waitFor(async () => expect(await backend.comments(id)).toEqual([]));
    // Nothing was interrupted by that.
    expect(bosk.session?.state).toBe('running');
    expect(screen.queryByTestId('review-strip')).toBeNull();
  });
});

describe('comments of another window, or of the command line', () => {
  const editor = () => within(screen.getByTestId('comment-editor')).getByRole<HTMLTextAreaElement>('textbox');
  const others = (id: string, text: string, more: Partial<Comment> = {}): Comment => ({
    id,
    path: REDIRECT,
    side: 'new',
    from: 6,
    to: 6,
    code: '  const { search, hash } = location;',
    text,
    state: 'draft',
    at: Date.now(),
    ...more,
  });
  const texts = () => screen.queryAllByTestId('review-comment').map((one) => one.textContent);

  async function writing(text: string) {
    const opened = await review();
    const id = opened.bosk.selected ?? '';
    await goTo(REDIRECT);
    const row = await line(REDIRECT, 'return path + search + hash');
    await draw(row, row);
    await key('c');
    await fireEvent.input(editor(), { target: { value: text } });
    return { ...opened, id };
  }

  it('appear and go as they are written, and take nothing from what is being typed', async () => {
    const { backend, id } = await writing('Half a thou');
    editor().setSelectionRange(4, 4);
    const area = editor();
    await backend.saveComment(id, others('theirs', 'Said elsewhere'));
    await waitFor(() => expect(texts().join()).toContain('Said elsewhere'));
    expect(editor()).toBe(area);
    expect([area.value, area.selectionStart]).toEqual(['Half a thou', 4]);
    expect(document.activeElement).toBe(area);
    expect(await faults()).toEqual([]);
    await backend.removeComment(id, 'theirs');
    await waitFor(() => expect(texts()).toEqual([]));
    await fireEvent.input(editor(), { target: { value: 'Half a thought' } });
    await fireEvent.keyDown(editor(), { key: 'Enter', ctrlKey: true });
    await waitFor(async () =>
      expect((await backend.comments(id)).map(({ text }) => text)).toEqual(['Half a thought']),
    );
  });

  it('that change the one that is being written leave both', async () => {
    const { backend, id } = await writing('Mine');
    await waitFor(async () => expect(await backend.comments(id)).toHaveLength(1));
    const [kept] = await backend.comments(id);
    if (!kept) throw new Error('it was not kept');
    await fireEvent.input(editor(), { target: { value: 'Mine, and more' } });
    await backend.saveComment(id, { ...kept, state: 'sent' });
    await waitFor(() => expect(texts().join()).toContain('Sent'));
    expect(editor().value).toBe('Mine, and more');
    await fireEvent.keyDown(editor(), { key: 'Enter', ctrlKey: true });
    await waitFor(async () =>
      expect((await backend.comments(id)).map(({ text, state }) => [text, state])).toEqual([
        ['Mine', 'sent'],
        ['Mine, and more', 'draft'],
      ]),
    );
  });

  it('that take away the one that is being written leave what is typed', async () => {
    const { backend, id } = await writing('Mine');
    await waitFor(async () => expect(await backend.comments(id)).toHaveLength(1));
    const [kept] = await backend.comments(id);
    await backend.removeComment(id, kept?.id ?? '');
    await tick();
    expect(editor().value).toBe('Mine');
    await fireEvent.keyDown(editor(), { key: 'Enter', ctrlKey: true });
    await waitFor(async () => expect(await backend.comments(id)).toHaveLength(1));
  });

  it('leave what could not be kept here, with why', async () => {
    const { backend, id } = await writing('Mine');
    vi.spyOn(backend, 'saveComment').mockRejectedValueOnce({
      code: 'disk_full',
      message: 'The disk is full.',
      hint: null,
    });
    await fireEvent.keyDown(editor(), { key: 'Enter', ctrlKey: true });
    const strip = await screen.findByTestId('review-strip');
    await within(strip).findByTestId('problem');
    await backend.saveComment(id, others('theirs', 'Said elsewhere'));
    await waitFor(() => expect(texts()).toHaveLength(2));
    expect(texts().join()).toContain('Mine');
    expect(within(strip).getByTestId('problem').textContent).toContain('The disk is full.');
  });
});

describe('very many files', () => {
  it('are listed and gone through without drawing them all', async () => {
    const { backend } = await review('review-many');
    await waitFor(() => expect(screen.getByTestId('review-sum').textContent).toContain('10,000 files'));
    const read = vi.spyOn(backend, 'fileLines');
    const tree = screen.getByTestId('review-tree');
    await screen.findAllByTestId('review-tree-line');
    tree.querySelector<HTMLElement>('[tabindex="0"]')?.focus();
    await key('End');
    await key('Enter');
    await waitFor(() => expect(files().some((one) => /p39/.test(one.dataset['path'] ?? ''))).toBe(true));
    expect(files().length).toBeLessThan(60);
    expect(read.mock.calls.length).toBeLessThan(60);
    await fireEvent.input(screen.getByTestId('review-filter'), { target: { value: 'file77.ts' } });
    await waitFor(() => expect(files()).toHaveLength(1));
  });
});

describe('nothing to review', () => {
  it('is said, and so is what went wrong', async () => {
    await review('review-empty');
    expect((await screen.findByTestId('review-empty')).textContent).toContain('Nothing has changed');
    await fireEvent.change(screen.getByTestId('review-against'), { target: { value: 'staged' } });
    await waitFor(() => expect(screen.getByTestId('review-empty').textContent).toBe('Nothing is staged.'));
  });

  it('because git failed can be tried again', async () => {
    const { backend } = await review('review-error');
    const region = await screen.findByTestId('review');
    await within(region).findByTestId('problem');
    expect(await faults()).toEqual([]);
    const look = vi.spyOn(backend, 'review');
    await fireEvent.click(within(region).getByText('Try again'));
    expect(look).toHaveBeenCalledTimes(1);
  });
});

describe('files that other sessions change too', () => {
  it('are marked in the list, in the session and by file', async () => {
    const { backend, bosk, store } = await review();
    expect(screen.getAllByTestId('overlapping')).toHaveLength(2);
    const bar = screen.getByTestId('overlaps');
    expect(bar.textContent).toMatch(/Also changed by “Port the pricing tests to Vitest”: 3 files/);
    await goTo(REDIRECT);
    expect(within(file(REDIRECT)).getByText('also elsewhere')).toBeTruthy();
    await fireEvent.click(
      within(bar).getByRole('button', { name: 'Go to Port the pricing tests to Vitest' }),
    );
    expect(bosk.selected).toBe(uuid(2));
    backend.emit({ type: 'overlaps', overlaps: [] });
    await tick();
    expect(store.overlaps).toEqual([]);
    expect(screen.queryAllByTestId('overlapping')).toEqual([]);
  });
});

describe('in Korean', () => {
  it('there is no English left but names and code', async () => {
    const { bosk } = await review();
    bosk.store.settings = { ...bosk.store.settings, language: 'ko' };
    await waitFor(() => expect(screen.getByTestId('review-sum').textContent).toContain('파일 12개'));
    const toolbar = screen.getByRole('group', { name: '변경을 보는 방식' });
    expect(toolbar.textContent.match(/[A-Za-z]{3,}/g)?.filter((word) => word !== 'main') ?? []).toEqual([]);
    expect(await faults()).toEqual([]);
  });
});
