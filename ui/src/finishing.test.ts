import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { actions } from './actions';
import { request as made } from './backend/fake/branches';
import type { FakeBackend } from './backend/fake/fake';
// Here already, so that no test waits for it to be read.
import './features/conflicts/Conflicts.svelte';
import './features/finish/Finish.svelte';
import './features/log/Log.svelte';
import './features/terminal/Terminals.svelte';
import { links } from './shared/links.svelte';
import { faults, openFirst, press } from './test-window';

const calls = (backend: FakeBackend, wanted: string) =>
  backend.calls.filter(({ name }) => name === wanted).map(({ args }) => args);

async function sheet(scene = 'some', before: (backend: FakeBackend) => void = () => undefined) {
  const opened = await openFirst(scene);
  before(opened.backend);
  await press('f');
  const dialog = await screen.findByTestId('finish');
  await waitFor(() =>
    expect(within(dialog).queryByText(/^(Looking at the branch|브랜치를 살펴보는)/)).toBeNull(),
  );
  return { ...opened, dialog };
}

const clean = ({ stands }: FakeBackend) => Object.assign(stands, { staged: 0, unstaged: 0 });
const next = () => screen.queryByTestId('finish-next')?.dataset['step'] ?? null;
const unfold = async (step: string) => {
  const place = screen.getByTestId(`finish-${step}`);
  await fireEvent.click(within(place).getAllByRole('button')[0] as HTMLElement);
  return place;
};
const field = (testid: string) => screen.getByTestId<HTMLTextAreaElement>(testid);
const button = (testid: string) => screen.getByTestId<HTMLButtonElement>(testid);

describe('finishing', () => {
  it('begins with the commit where something is not committed; the rest is folded, each with how it stands', async () => {
    await sheet();
    expect(next()).toBe('commit');
    expect(document.activeElement).toBe(field('commit-message'));
    const folded = ['merge', 'push', 'request'].map((step) => screen.getByTestId(`finish-${step}`));
    expect(folded.map((one) => within(one).getByRole('button').getAttribute('aria-expanded'))).toEqual([
      'false',
      'false',
      'false',
    ]);
    expect(folded[0]?.textContent).toContain('3 commits into main');
    expect(folded[1]?.textContent).toContain('2 commits');
    expect(await faults()).toEqual([]);
  });

  it('goes from the commit to the merge, and offers to put the session away', async () => {
    const { backend, bosk, id, dialog } = await sheet();
    expect(field('commit-message').value).toContain('Keep the query string');
    await fireEvent.input(field('commit-message'), { target: { value: 'Mine\n\nbody' } });
    await fireEvent.click(screen.getByTestId('commit-hooks'));
    await fireEvent.keyDown(field('commit-message'), { key: 'Enter', ctrlKey: true });
    const asked = { message: 'Mine\n\nbody', all: true, amend: null, hooks: false, sign: true };
    await waitFor(() => expect(calls(backend, 'commit')).toEqual([[id, asked]]));
    await waitFor(() => expect(next()).toBe('merge'));
    await waitFor(() => expect(bosk.said).toBe('Committed: Mine'));
    await waitFor(() => expect(document.activeElement?.closest('[data-testid=finish-next]')).not.toBeNull());
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByLabelText('Squash'));
    await waitFor(() => expect(field('merge-message').value).toContain('Keep the query string'));
    await fireEvent.click(screen.getByTestId('merge-do'));
    await screen.findByTestId('merge-undo');
    expect(calls(backend, 'merge')[0]?.slice(0, 3)).toEqual([id, 'squash', 'main']);
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByTestId('merge-undo'));
    await waitFor(() => expect(calls(backend, 'undoMerge')).toHaveLength(1));
    await within(dialog).findByTestId('merge-do');
    await waitFor(() => expect(button('merge-do').disabled).toBe(false));
    await fireEvent.click(button('merge-do'));
    await fireEvent.click(await screen.findByTestId('merge-archive'));
    await screen.findByTestId('remove-dialog');
  });

  it('commits what is staged only, or into the last commit, as it is told', async () => {
    const { backend } = await sheet();
    expect(button('commit-do').textContent.trim()).toBe('Commit 3 files');
    await fireEvent.click(screen.getByLabelText('Only what is staged, 1 file'));
    await fireEvent.click(screen.getByTestId('commit-amend'));
    expect(field('commit-message').value).toBe('Read where to return to from one place');
    await fireEvent.click(button('commit-do'));
    await waitFor(() => expect(calls(backend, 'commit')).toHaveLength(1));
    expect(calls(backend, 'commit')[0]?.[1]).toMatchObject({ all: false, amend: '01'.repeat(20) });
  });

  it('shows what a hook said, and keeps what was written', async () => {
    await sheet('some', ({ stands }) => (stands.hookFails = true));
    await fireEvent.input(field('commit-message'), { target: { value: 'Mine' } });
    await fireEvent.click(button('commit-do'));
    const problem = await screen.findByTestId('problem');
    expect(problem.textContent).toContain('The hook pre-commit refused the commit.');
    expect(problem.textContent).not.toContain('no-console');
    expect(screen.getByRole('group', { name: 'What it said' }).textContent).toContain('no-console');
    expect(field('commit-message').value).toBe('Mine');
    expect(await faults()).toEqual([]);
  });

  it('names what would be in conflict and what is in the way, and brings the base in to resolve it', async () => {
    const { backend, id } = await sheet('finish-conflicts', clean);
    expect(next()).toBe('merge');
    expect(within(screen.getByTestId('merge-conflicts')).getAllByRole('listitem')).toHaveLength(2);
    expect(screen.getByTestId('merge-in-the-way').textContent).toContain('README.md');
    expect(button('merge-do').disabled).toBe(true);
    expect(await faults()).toEqual([]);
    await fireEvent.change(screen.getByTestId('merge-target'), { target: { value: 'next' } });
    await waitFor(() => expect(button('merge-do').disabled).toBe(false));
    await fireEvent.change(screen.getByTestId('merge-target'), { target: { value: 'main' } });
    await waitFor(() => expect(button('merge-do').disabled).toBe(true));
    await fireEvent.click(button('merge-update'));
    await screen.findByTestId('conflicts');
    expect(calls(backend, 'updateBranch')).toEqual([[id, 'main', 'merge']]);
  });

  it('looks anew where the merge is refused since a branch has moved', async () => {
    const { backend } = await sheet('some', clean);
    const moved = { code: 'session_state' as const, message: 'main has moved.', hint: null };
    vi.spyOn(backend, 'merge').mockRejectedValueOnce(moved);
    const look = vi.spyOn(backend, 'mergePlan');
    await fireEvent.click(button('merge-do'));
    expect((await screen.findByTestId('problem')).textContent).toContain('main has moved.');
    expect(look).toHaveBeenCalled();
    expect(next()).toBe('merge');
  });

  it('pushes with force only where that is said, and only where the remote has more', async () => {
    const { backend, id } = await sheet('finish-conflicts', clean);
    await unfold('push');
    expect(button('push-do').disabled).toBe(true);
    await fireEvent.click(screen.getByTestId('push-replace'));
    await fireEvent.click(screen.getByTestId('push-force'));
    expect(button('push-do').textContent.trim()).toBe('Push with force');
    expect(await faults()).toEqual([]);
    await fireEvent.click(button('push-do'));
    await waitFor(() => expect(calls(backend, 'push')).toHaveLength(1));
    expect(calls(backend, 'push')[0]).toEqual([
      id,
      { remote: 'origin', head: '02'.repeat(20), set_upstream: false, force_with_lease: true },
    ]);
    await waitFor(() => expect(screen.queryByTestId('push-replace')).toBeNull());
  });

  it('cancels a push that hangs, says what the remote has, and looks again', async () => {
    const hanging = (backend: FakeBackend) => {
      clean(backend);
      Object.assign(backend.stands, { hangs: true, has: null });
    };
    const { backend, bosk, id, store } = await sheet('some', hanging);
    await unfold('push');
    await fireEvent.click(button('push-do'));
    await screen.findByTestId('push-cancel');
    expect(button('push-do').textContent.trim()).toBe('Pushing…');
    expect(await faults()).toEqual([]);
    // It goes on while nobody looks, and can still be cancelled.
    bosk.sheet = null;
    await waitFor(() => expect(screen.queryByTestId('finish')).toBeNull());
    await press('f');
    await screen.findByTestId('finish');
    const place = await screen.findByTestId('finish-push').then(() => unfold('push'));
    await fireEvent.click(within(place).getByRole('button', { name: 'Cancel the push', hidden: true }));
    const left = await screen.findByTestId('push-left');
    await waitFor(() =>
      expect(left.textContent).toContain('Whether origin was changed by then is not known'),
    );
    expect(screen.queryByTestId('push-cancel')).toBeNull();
    expect(calls(backend, 'cancelPush')).toEqual([[id]]);
    expect(bosk.said).not.toContain('Pushed');
    expect(await faults()).toEqual([]);
    backend.stands.has = 'as_before';
    await fireEvent.click(within(left).getByRole('button', { name: 'Look again', hidden: true }));
    await waitFor(() => expect(left.textContent).toContain('origin is as it was'));
    backend.stands.has = 'pushed';
    await fireEvent.click(button('push-look'));
    await waitFor(() => expect(left.textContent).toContain('had all of it by then'));
    store.settings = { ...store.settings, language: 'ko' };
    await waitFor(() => expect(left.textContent).toContain('이미 모두 들어가'));
    // The next push says what came of itself.
    backend.stands.hangs = false;
    await fireEvent.click(button('push-do'));
    await waitFor(() => expect(screen.queryByTestId('push-left')).toBeNull());
  });

  it('stands first with the push for whoever pushes', async () => {
    const { backend, bosk } = await sheet('some', clean);
    await unfold('push');
    await fireEvent.change(screen.getByTestId('push-remote'), { target: { value: 'backup' } });
    await fireEvent.click(button('push-do'));
    await waitFor(() =>
      expect(calls(backend, 'push')[0]?.[1]).toMatchObject({ remote: 'backup', set_upstream: true }),
    );
    bosk.sheet = null;
    await waitFor(() => expect(screen.queryByTestId('finish')).toBeNull());
    backend.stands.unpushed = 1;
    await press('f');
    await waitFor(() => expect(next()).toBe('push'));
  });
});

describe('a pull request', () => {
  async function request(scene = 'some') {
    const opened = await sheet(scene, clean);
    await unfold('request');
    return opened;
  }

  it('is opened with what the session proposes', async () => {
    const { backend, id } = await request();
    const title = await screen.findByTestId<HTMLInputElement>('request-title');
    expect(title.value).toContain('Keep the query string');
    await fireEvent.click(screen.getByLabelText('As a draft'));
    await fireEvent.click(button('request-do'));
    await screen.findAllByTestId('request-check');
    expect(calls(backend, 'openPullRequest')[0]?.slice(0, 2)).toEqual([id, title.value]);
    expect(calls(backend, 'openPullRequest')[0]?.[3]).toBe(true);
  });

  it('shows its checks and comments, and sends them to Claude', async () => {
    const { backend, id } = await request('pull-request');
    const checks = await screen.findAllByTestId('request-check');
    expect(checks.map((one) => one.textContent.replace(/\s+/g, ' ').trim())).toEqual([
      expect.stringMatching(/^lint Passed/),
      expect.stringMatching(/^test \(ubuntu\) Failed.*Send to Claude$/),
      expect.stringMatching(/^test \(windows\) Running now$/),
    ]);
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByLabelText('Send to Claude: test (ubuntu)'));
    await waitFor(() =>
      expect(calls(backend, 'sendFeedback')).toEqual([[id, { what: 'check', name: 'test (ubuntu)' }]]),
    );
    await fireEvent.click(screen.getByLabelText('Send to Claude: jun'));
    await waitFor(() =>
      expect(calls(backend, 'sendFeedback')[1]?.[1]).toEqual({ what: 'comment', id: 'c1' }),
    );
    await fireEvent.click(screen.getAllByText('Open its page')[0] as HTMLElement);
    expect(links.pending).toBe('https://github.com/mina/shop/pull/214');
    links.pending = null;
  });

  it('says what is missing, and leads to the comparison', async () => {
    await request('no-gh');
    const place = screen.getByTestId('finish-request');
    await within(place).findByText(/not installed/);
    await fireEvent.click(screen.getByTestId('request-compare'));
    expect(links.pending).toContain('/compare/');
    links.pending = null;
  });

  it('says how to sign in', async () => {
    await request('signed-out');
    const words = await screen.findByText(/Nobody is signed in/);
    expect(words.closest('p')?.textContent).toContain('Run gh auth login in a terminal');
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByTestId('request-terminal'));
    await screen.findByTestId('terminals');
    expect(screen.queryByTestId('finish')).toBeNull();
  });
});

describe('the history of a branch', () => {
  it('is a list that the arrows go along, and a table', async () => {
    await openFirst('some');
    await press('l');
    const list = await screen.findByRole('listbox', { name: 'Commits, the newest first' });
    const options = within(list).getAllByRole('option');
    expect(options[0]?.textContent).toContain('of this branch, not pushed');
    expect(options[1]?.textContent).toContain('joins 2 lines');
    expect(options[3]?.textContent).toContain('origin/main');
    expect(await faults()).toEqual([]);
    await fireEvent.keyDown(list, { key: 'ArrowDown' });
    await fireEvent.keyDown(list, { key: 'ArrowDown' });
    expect(options.map((one) => one.getAttribute('aria-selected')).indexOf('true')).toBe(2);
    expect(list.getAttribute('aria-activedescendant')).toBe(options[2]?.id);
    await fireEvent.click(screen.getByRole('button', { name: 'As a table' }));
    const rows = within(await screen.findByTestId('log-table')).getAllByRole('row');
    expect(rows).toHaveLength(9);
    expect(rows[1]?.textContent).toContain('of this branch, not pushed');
    expect(await faults()).toEqual([]);
  });

  it('asks for more of it', async () => {
    const { backend } = await openFirst('some');
    const ask = vi.spyOn(backend, 'branchLog');
    await press('l');
    await fireEvent.click(await screen.findByTestId('log-more'));
    await waitFor(() => expect(ask.mock.calls.map(([, count]) => count)).toEqual([60, 120]));
  });
});

describe('a sheet that leads to another', () => {
  it('does not close that one when its own end is told', async () => {
    const { bosk } = await openFirst('some');
    await press('k', { ctrlKey: true });
    const palette = await screen.findByTestId('palette');
    await fireEvent.input(within(palette).getByRole('combobox'), { target: { value: 'finish' } });
    await fireEvent.keyDown(within(palette).getByRole('combobox'), { key: 'Enter' });
    await screen.findByTestId('finish');
    palette.dispatchEvent(new Event('close'));
    expect(bosk.sheet).toBe('finish');
  });
});

describe('what is opened elsewhere', () => {
  it('is in the palette and the menu', async () => {
    const { backend, bosk, id } = await openFirst('some');
    const all = actions(bosk);
    for (const wanted of ['open-editor', 'open-terminal', 'open-files'])
      all.find((one) => one.id === wanted)?.run();
    expect(calls(backend, 'openWith')).toEqual([
      [id, 'editor', null, null],
      [id, 'terminal', null, null],
      [id, 'files', null, null],
    ]);
    await fireEvent.click(screen.getByRole('button', { name: 'More' }));
    expect(screen.getByTestId('menu-open-editor').textContent).toBe('Open in your editor');
    expect(screen.getByTestId('menu-finish').textContent).toBe('Finish: commit, merge, push…');
  });

  it('is said in Korean', async () => {
    await sheet('korean', (backend) => {
      clean(backend);
      backend.request = made;
    });
    expect(screen.getByRole('heading', { name: '병합' })).toBeTruthy();
    await unfold('request');
    await screen.findByLabelText('Claude에게 보내기: jun');
    expect(await faults()).toEqual([]);
  });
});
