import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { actions } from './actions';
import { uuid } from './backend/fake/scenes';
import { OWN, SHOP } from './backend/fake/trees';
import { worktreesOf } from './state/worktrees.svelte';
import { faults, open, openFirst, press } from './test-window';

const rows = () => screen.queryAllByTestId('worktree');
const names = () => rows().map((row) => row.dataset['folder']?.split('/').at(-1));
const row = (name: string) => {
  const found = rows().find((one) => one.dataset['folder']?.endsWith(`/${name}`));
  if (!found) throw new Error(`there is no row ${name}`);
  return found;
};
const main = (name: string) => within(row(name)).getByTestId('worktree-main');

async function page(scene = 'worktrees') {
  const opened = await open(scene);
  await press('w');
  await screen.findByTestId('worktrees');
  await waitFor(() => expect(rows().length).toBeGreaterThan(0));
  const calls = (name: string) =>
    opened.backend.calls.filter((call) => call.name === name).map(({ args }) => args);
  return { ...opened, calls, trees: worktreesOf(opened.bosk) };
}

/** Opens the menu of a row, and chooses from it. */
async function choose(name: string, item: string) {
  await fireEvent.click(within(row(name)).getByRole('button', { name: `What can be done to ${name}` }));
  await fireEvent.click(await screen.findByRole('menuitem', { name: item }));
}

const view = (name: string) => fireEvent.click(screen.getByRole('radio', { name: new RegExp(`^${name}`) }));

describe('the worktrees of a repository', () => {
  it('are listed with what is known of each', async () => {
    await page();
    expect(names()).toHaveLength(9);
    expect(names()[0]).toBe('shop');
    const text = (name: string) => row(name).textContent.replace(/\s+/g, ' ');
    expect(text('pricing-tests')).toContain('pricing-tests from main');
    expect(text('pricing-tests')).toMatch(/2 in conflict\s*1 changed\s*2 new/);
    expect(text('pricing-tests')).toMatch(/4 ahead\s*12 behind\s*4 not pushed/);
    expect(text('pricing-tests')).toContain('Made by Bosk');
    expect(text('pricing-tests')).toContain('Port the pricing tests to Vitest');
    expect(text('exchange-rates')).toContain('Merged as one commit');
    expect(text('mail-templates')).toContain('Nothing uncommitted');
    expect(text('old-client')).toContain('Its folder is gone');
    expect(text('shop-hotfix')).toContain('Made by somebody else');
    expect(text('shop-release')).toContain('Locked: on a stick that is not always there');
    expect(text('shop-release')).toContain('could not be read');
    expect(await faults()).toEqual([]);
  });

  it('are reached from the palette, the menu of the list and a session, and left by Esc for what was there', async () => {
    const { bosk } = await openFirst('worktrees');
    const { selected } = bosk;
    bosk.sheet = 'palette';
    await fireEvent.click(await screen.findByRole('option', { name: /^Worktrees/ }));
    await screen.findByTestId('worktrees');
    expect(bosk.selected).toBeNull();
    await press('Escape');
    expect(bosk.selected).toBe(selected);
    await fireEvent.click(screen.getByRole('button', { name: 'All sessions' }));
    await fireEvent.click(await screen.findByRole('menuitem', { name: 'Worktrees' }));
    await screen.findByTestId('worktrees');
    await press('w');
    await fireEvent.click(await screen.findByTestId('panel-info'));
    await fireEvent.click(await screen.findByTestId('info-worktrees'));
    await screen.findByTestId('worktrees');
    await waitFor(() => expect(worktreesOf(bosk).current?.sessions).toEqual([selected]));
  });

  it('are gone along by j, k and arrows, and opened by Enter; what has no session shows what can be done', async () => {
    const { bosk, trees } = await page();
    await press('j');
    await press('j');
    expect(document.activeElement).toBe(main('login-redirect'));
    await fireEvent.keyDown(main('login-redirect'), { key: 'ArrowUp' });
    await press('k');
    expect(trees.chosen).toBe(SHOP);
    await fireEvent.keyDown(main('shop'), { key: 'End' });
    expect(document.activeElement).toBe(main('old-client'));
    await fireEvent.keyDown(main('old-client'), { key: 'ContextMenu' });
    await screen.findByRole('menuitem', { name: 'Delete…' });
    await fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
    expect(document.activeElement?.getAttribute('aria-label')).toBe('What can be done to old-client');
    main('mail-templates').focus();
    await fireEvent.click(main('mail-templates'));
    expect(await screen.findAllByRole('menuitem')).toHaveLength(5);
    await fireEvent.keyDown(document.activeElement ?? document.body, { key: 'Escape' });
    await fireEvent.click(main('pricing-tests'));
    expect(bosk.selected).toBe(uuid(2));
    expect(screen.queryByTestId('worktrees')).toBeNull();
  });

  it('are found by text, by what can go and by what is not saved, in another order', async () => {
    await page();
    const filter = screen.getByTestId('worktrees-filter');
    await fireEvent.input(filter, { target: { value: 'query string' } });
    expect(names()).toEqual(['login-redirect']);
    await fireEvent.input(filter, { target: { value: 'zebra' } });
    expect(screen.getByTestId('worktrees-none').textContent).toContain('No worktree matches');
    await fireEvent.input(filter, { target: { value: '' } });
    await fireEvent.click(screen.getByRole('radio', { name: 'Can go' }));
    expect(names()).toEqual(['exchange-rates', 'mail-templates', 'old-client']);
    await fireEvent.click(screen.getByRole('radio', { name: 'With work not saved' }));
    expect(names()).toEqual(['shop', 'login-redirect', 'pricing-tests', 'locale-amounts']);
    await fireEvent.change(screen.getByTestId('worktrees-order'), { target: { value: 'unsaved' } });
    expect(names()[1]).toBe('pricing-tests');
  });

  it('are measured one by one when that is asked for, or all', async () => {
    const { trees } = await page();
    await fireEvent.click(screen.getByRole('button', { name: 'Measure login-redirect' }));
    const size = () => within(row('login-redirect')).getByTestId('worktree-size').textContent;
    await waitFor(() => expect(size()).toMatch(/\d+ MB.*of builds/));
    expect(trees.sizes.size).toBe(1);
    await trees.measureAll();
    // All but the one that is gone.
    expect(trees.sizes.size).toBe(8);
  });

  it('say so when they cannot be looked at, and are looked at again', async () => {
    const { backend, trees } = await page();
    const refused = { code: 'repository_unreadable', message: 'No such luck.', hint: null };
    vi.spyOn(backend, 'worktrees').mockRejectedValueOnce(refused);
    await fireEvent.click(screen.getByTestId('worktrees-again'));
    const problem = await within(screen.getByTestId('worktrees')).findByTestId('problem');
    // What was there stays.
    expect(rows()).toHaveLength(9);
    await fireEvent.click(within(problem).getByRole('button', { name: 'Try again' }));
    await waitFor(() => expect(trees.problem).toBeNull());
  });

  it('are those of another repository when that is chosen, and there may be none', async () => {
    await page();
    await fireEvent.change(screen.getByTestId('worktrees-repository'), {
      target: { value: '/home/mina/work/site' },
    });
    await waitFor(() => expect(names()).toEqual(['site']));
    expect(screen.getByText(/There is only the repository itself/)).toBeTruthy();
    await view('Archived');
    expect(screen.getByText('Nothing of this repository is archived.')).toBeTruthy();
  });

  it('need a repository', async () => {
    await open('empty');
    await press('w');
    await screen.findByText(/No repository has been used yet/);
    expect(await faults()).toEqual([]);
  });

  it('are looked at again when a turn of theirs ends', async () => {
    const { backend } = await page();
    const look = vi.spyOn(backend, 'worktrees');
    backend.update(uuid(2), { glance: 'done', turn: 'idle' });
    await waitFor(() => expect(look).toHaveBeenCalledTimes(1));
  });

  it('are adopted, and given back', async () => {
    await page();
    await fireEvent.click(within(row('shop-hotfix')).getByRole('button', { name: /What can be done/ }));
    await fireEvent.click(await screen.findByRole('menuitem', { name: 'Adopt' }));
    await waitFor(() => expect(row('shop-hotfix').textContent).toContain('Adopted'));
    await fireEvent.click(within(row('shop-hotfix')).getByRole('button', { name: /What can be done/ }));
    await fireEvent.click(await screen.findByRole('menuitem', { name: 'Give it back' }));
    await waitFor(() => expect(row('shop-hotfix').textContent).toContain('Made by somebody else'));
  });

  it('speak Korean', async () => {
    const { store } = await page();
    store.settings = { ...store.settings, language: 'ko' };
    await waitFor(() => expect(row('exchange-rates').textContent).toContain('커밋 하나로 병합됨'));
    expect(screen.getByRole('heading', { name: '작업 트리' })).toBeTruthy();
    expect(await faults()).toEqual([]);
  });
});

describe('archiving', () => {
  it('says what goes and what it interrupts, takes one press, and is undone by one', async () => {
    const { bosk, calls } = await page();
    await choose('login-redirect', 'Archive…');
    const dialog = await screen.findByTestId('archive-dialog');
    const confirm = within(dialog).getByTestId<HTMLButtonElement>('archive-confirm');
    await waitFor(() => expect(confirm.disabled).toBe(false));
    expect(dialog.textContent).toContain('1 session is at work here');
    const interrupted = within(dialog).getByRole('list', { name: 'What is interrupted', hidden: true });
    expect(interrupted.textContent).toContain('Fix the login redirect');
    expect(confirm.textContent).toBe('Stop and archive');
    expect(dialog.textContent).toContain('The branch login-redirect stays.');
    expect(dialog.textContent).toMatch(/2 ignored files are in the trash only:.*node_modules\/\s*412 MB/);
    expect(dialog.textContent).toContain('vendor/fork');
    expect(await faults()).toEqual([]);
    await fireEvent.click(confirm);
    await waitFor(() => expect(bosk.sheet).toBeNull());
    await waitFor(() => expect(names()).not.toContain('login-redirect'));
    expect(calls('archive').map(([repository, folder, , ending]) => [repository, folder, ending])).toEqual([
      [SHOP, `${OWN}/login-redirect`, { resting: [], working: [uuid(1)] }],
    ]);
    expect(bosk.said).toBe('Archived login-redirect.');
    await fireEvent.click(screen.getByTestId('undo'));
    await waitFor(() => expect(names()).toContain('login-redirect'));
    expect(bosk.said).toContain(`${OWN}/login-redirect`);
    expect(screen.queryByTestId('undo')).toBeNull();
  });

  it('ends what rests with it, in one line, and looks anew where that has begun to work', async () => {
    const { backend, calls, store } = await page();
    const rest = { turn: 'idle', glance: 'done', doing: null };
    backend.update(uuid(2), rest);
    await choose('pricing-tests', 'Archive…');
    const dialog = await screen.findByTestId('archive-dialog');
    const line = await within(dialog).findByTestId('ends-resting');
    expect(line.textContent.trim()).toBe('At rest, and ended with it: Port the pricing tests to Vitest.');
    const confirm = within(dialog).getByTestId<HTMLButtonElement>('archive-confirm');
    expect(confirm.textContent).toBe('Archive');
    const plans = vi.spyOn(backend, 'archivePlan');
    backend.update(uuid(2), { turn: 'working', glance: 'running' });
    await waitFor(() => expect(confirm.textContent).toBe('Stop and archive'));
    expect(within(dialog).getByTestId('ends-working').textContent).toContain('Port the pricing tests');
    await waitFor(() => expect(plans).toHaveBeenCalled());
    backend.update(uuid(2), rest);
    await within(dialog).findByTestId('ends-resting');
    store.settings = { ...store.settings, language: 'ko' };
    await waitFor(() => expect(dialog.textContent).toContain('쉬고 있어 함께 끝내는 세션'));
    expect(await faults()).toEqual([]);
    await fireEvent.click(confirm);
    await waitFor(() => expect(screen.queryByTestId('archive-dialog')).toBeNull());
    expect(calls('archive').map(([, , , ending]) => ending)).toEqual([{ resting: [uuid(2)], working: [] }]);
    expect(backend.sessions.get(uuid(2))?.summary.state).toBe('ended');
  });

  it('is asked for by a key, and undone by one', async () => {
    const { calls } = await page();
    main('mail-templates').focus();
    await press('e');
    const confirm = await screen.findByTestId<HTMLButtonElement>('archive-confirm');
    await waitFor(() => expect(confirm.disabled).toBe(false));
    await fireEvent.click(confirm);
    await waitFor(() => expect(names()).not.toContain('mail-templates'));
    await press('z');
    await waitFor(() => expect(names()).toContain('mail-templates'));
    expect(calls('restore')).toHaveLength(1);
    await press('z');
    expect(calls('restore')).toHaveLength(1);
  });

  it('looks anew where the folder has changed meanwhile', async () => {
    const { backend, calls } = await page();
    main('mail-templates').focus();
    await press('e');
    const confirm = await screen.findByTestId<HTMLButtonElement>('archive-confirm');
    await waitFor(() => expect(confirm.disabled).toBe(false));
    backend.write(`${OWN}/mail-templates`);
    await fireEvent.click(confirm);
    const dialog = screen.getByTestId('archive-dialog');
    expect((await within(dialog).findByTestId('problem')).textContent).toContain('has changed since');
    await waitFor(() => expect(confirm.disabled).toBe(false));
    await fireEvent.click(confirm);
    await waitFor(() => expect(screen.queryByTestId('archive-dialog')).toBeNull());
    expect(calls('archive')).toHaveLength(2);
  });

  it('lists what is archived, restores it and deletes it for good', async () => {
    const { calls } = await page();
    await view('Archived');
    const items = () =>
      screen.queryAllByTestId('archived').map((one) => one.textContent.replace(/\s+/g, ' '));
    expect(items()[0]).toContain('With the files that git ignores');
    expect(items()[1]).toContain('Its branch is gone, and comes back with it');
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Restore search-index' }));
    await waitFor(() => expect(items()).toHaveLength(1));
    await fireEvent.click(screen.getByRole('button', { name: 'Delete dark-mails for good…' }));
    const dialog = await screen.findByTestId('delete-dialog');
    const later = await within(dialog).findByTestId('lost-later');
    expect(later.textContent).toContain('2 commits that no other branch or tag has');
    await fireEvent.click(within(dialog).getByTestId('delete-snapshots'));
    expect(within(dialog).getByTestId('lost-now').textContent).toContain('goes for good');
    expect(dialog.textContent).toContain('nothing of it can be restored');
    await fireEvent.click(within(dialog).getByTestId('delete-confirm'));
    expect(calls('deleteArchived')).toEqual([]);
    await fireEvent.click(within(dialog).getByTestId('delete-sure'));
    await waitFor(() => expect(items()).toEqual([]));
    expect(calls('deleteArchived')[0]?.[2]).toBe(true);
  });
});

describe('deleting', () => {
  async function dialogOf(name: string) {
    const opened = await page();
    await choose(name, 'Delete…');
    return { ...opened, dialog: await screen.findByTestId('delete-dialog') };
  }

  it('is one step where nothing is lost', async () => {
    const { dialog, calls, bosk } = await dialogOf('mail-templates');
    await within(dialog).findByTestId('nothing-lost');
    expect(dialog.textContent).toContain('A snapshot of everything git knows stays until it expires');
    expect(within(dialog).getByTestId<HTMLInputElement>('delete-branch').checked).toBe(false);
    await fireEvent.click(within(dialog).getByTestId('delete-confirm'));
    await waitFor(() => expect(names()).not.toContain('mail-templates'));
    expect(calls('deleteWorktree')[0]?.[3]).toBe(false);
    expect(bosk.said).toContain('A snapshot stays until it expires');
    await fireEvent.click(screen.getByTestId('undo'));
    await waitFor(() => expect(names()).toContain('mail-templates'));
  });

  it('says what exists nowhere else, and asks once more before it is lost', async () => {
    const { dialog, calls } = await dialogOf('locale-amounts');
    const stays = await within(dialog).findByTestId('lost-stays');
    expect(stays.textContent).toContain('1 commit that no remote has');
    await fireEvent.click(within(dialog).getByTestId('delete-branch'));
    expect(within(dialog).queryByTestId('lost-stays')).toBeNull();
    expect(within(dialog).getByTestId('lost-later').textContent).toContain('1 commit that no other branch');
    const next = within(dialog).getByTestId('delete-confirm');
    expect(next.textContent.trim()).toBe('Delete…');
    await fireEvent.click(next);
    expect(calls('deleteWorktree')).toEqual([]);
    expect(within(dialog).getByTestId('delete-asked').textContent).toContain('1 commit that no other branch');
    expect(document.activeElement?.textContent.trim()).toBe('Back');
    expect(await faults()).toEqual([]);
    await fireEvent.click(within(dialog).getByTestId('delete-back'));
    expect(within(dialog).queryByTestId('delete-asked')).toBeNull();
    await fireEvent.click(within(dialog).getByTestId('delete-confirm'));
    await fireEvent.click(within(dialog).getByTestId('delete-sure'));
    await waitFor(() => expect(calls('deleteWorktree')[0]?.[3]).toBe(true));
  });

  it('begins again where the folder has changed between the steps', async () => {
    const { dialog, calls, backend } = await dialogOf('locale-amounts');
    await fireEvent.click(await within(dialog).findByTestId('delete-branch'));
    await fireEvent.click(within(dialog).getByTestId('delete-confirm'));
    backend.write(`${OWN}/locale-amounts`);
    await fireEvent.click(within(dialog).getByTestId('delete-sure'));
    await within(dialog).findByTestId('problem');
    await within(dialog).findByTestId('delete-confirm');
    expect(within(dialog).queryByTestId('delete-asked')).toBeNull();
    expect(calls('deleteWorktree')).toHaveLength(1);
  });

  it('stops what is at work by the same press, which says so in both steps', async () => {
    const { dialog, calls } = await dialogOf('pricing-tests');
    expect((await within(dialog).findByTestId('ends-working')).textContent).toContain('Port the pricing');
    await fireEvent.click(within(dialog).getByTestId('delete-confirm'));
    const sure = within(dialog).getByTestId('delete-sure');
    expect(sure.textContent.trim()).toBe('Stop, delete and lose this');
    await fireEvent.click(sure);
    await waitFor(() => expect(calls('deleteWorktree')[0]?.[4]).toEqual({ resting: [], working: [uuid(2)] }));
    await waitFor(() => expect(names()).not.toContain('pricing-tests'));
  });

  it('only makes git forget one that is gone', async () => {
    const { dialog } = await dialogOf('old-client');
    await within(dialog).findByText(/is gone already/);
  });
});

describe('the disk', () => {
  async function disk() {
    const opened = await page();
    await view('Disk');
    await screen.findByTestId('disk-total');
    return opened;
  }
  const dialog = () => screen.findByTestId('clean-dialog');

  it('is told by repository, with what can go and why that is safe', async () => {
    await disk();
    const [shop] = screen.getAllByTestId('disk-repository');
    expect(shop?.textContent.replace(/\s+/g, ' ')).toMatch(
      /shop.*Worktrees.*GB.*Builds.*Archived 640 MB.*2 snapshots/,
    );
    expect(screen.getByTestId('suggestions-merged').textContent).toContain('Their work is in the base');
    expect(screen.getByTestId('suggestions-builds').textContent).toContain('It can be built again');
    expect(screen.getByTestId('suggestions-old').textContent).toContain('search-index');
    expect(await faults()).toEqual([]);
  });

  it('is freed of builds after a look at which folders go', async () => {
    const { calls } = await disk();
    const builds = screen.getByTestId('suggestions-builds');
    const before = within(builds).getAllByTestId('suggestion').length;
    await fireEvent.click(within(builds).getByTestId('clean-all'));
    const sheet = await dialog();
    expect(within(sheet).getAllByTestId('clean-item')).toHaveLength(before);
    expect(sheet.textContent).toContain('node_modules/');
    await fireEvent.click(within(sheet).getAllByRole('checkbox')[0] as HTMLElement);
    await fireEvent.click(within(sheet).getByTestId('clean-confirm'));
    await waitFor(() => expect(screen.queryByTestId('clean-dialog')).toBeNull());
    expect(calls('cleanBuilds')).toHaveLength(before - 1);
    await waitFor(() =>
      expect(within(screen.getByTestId('suggestions-builds')).getAllByTestId('suggestion')).toHaveLength(1),
    );
  });

  it('chooses nothing beforehand that loses work, and goes on where one fails', async () => {
    const { backend, bosk, calls } = await disk();
    const plan = backend.deletePlan.bind(backend);
    vi.spyOn(backend, 'deletePlan').mockImplementation(async (repository, folder) => {
      const found = await plan(repository, folder);
      const isRates = folder.endsWith('exchange-rates');
      return isRates ? { ...found, losses: [{ kind: 'untracked', files: 2 }] } : found;
    });
    const refuse = vi.spyOn(backend, 'deleteWorktree').mockRejectedValueOnce({
      code: 'session_state',
      message: 'A session runs there.',
      hint: null,
    });
    await fireEvent.click(within(screen.getByTestId('suggestions-merged')).getByTestId('clean-all'));
    const sheet = await dialog();
    const box = (name: string) => within(sheet).findByRole<HTMLInputElement>('checkbox', { name });
    await waitFor(async () => expect((await box('mail-templates')).checked).toBe(true));
    expect((await box('exchange-rates')).checked).toBe(false);
    expect(sheet.textContent).toContain('2 files that git does not know');
    expect(await faults()).toEqual([]);
    await fireEvent.click(within(sheet).getByTestId('clean-confirm'));
    expect((await within(sheet).findByTestId('problem')).textContent).toContain('A session runs there.');
    await fireEvent.click(within(sheet).getByTestId('clean-confirm'));
    await waitFor(() => expect(screen.queryByTestId('clean-dialog')).toBeNull());
    expect(refuse).toHaveBeenCalledTimes(2);
    expect(calls('deleteWorktree')[0]?.slice(1, 2)).toEqual([`${OWN}/mail-templates`]);
    await waitFor(() => expect(bosk.said).toBe('Deleted 1 worktree.'));
    expect(screen.getByTestId('undo')).toBeTruthy();
  });

  it('is cleaned of one worktree’s builds from its menu', async () => {
    const { trees, calls } = await page();
    await choose('login-redirect', 'Clean builds…');
    const sheet = await dialog();
    await fireEvent.click(within(sheet).getByTestId('clean-confirm'));
    await waitFor(() => expect(calls('cleanBuilds')).toHaveLength(1));
    await waitFor(() => expect(trees.sizes.get(`${OWN}/login-redirect`)?.builds).toBe(0));
    await choose('login-redirect', 'Clean builds…');
    await waitFor(() => expect(screen.getByText('No build has made anything there.')).toBeTruthy());
  });
});

describe('a session', () => {
  it('is handed over after it was said what that means', async () => {
    const { bosk, calls } = await page();
    await choose('pricing-tests', 'Hand “Port the pricing tests to Vitest” over to the repository…');
    const dialog = await screen.findByTestId('hand-over-dialog');
    expect(dialog.textContent).toContain(SHOP);
    expect(dialog.textContent).toContain('the same files as you do');
    expect(await faults()).toEqual([]);
    await fireEvent.click(within(dialog).getByTestId('hand-over-confirm'));
    await waitFor(() => expect(bosk.said).toContain(`works in ${SHOP} now`));
    expect(calls('handOver')).toEqual([[uuid(2), 'repository']]);
  });

  it('is archived with its worktree, and both come back', async () => {
    const { bosk, backend } = await openFirst('worktrees');
    bosk.select(uuid(4));
    await screen.findByTestId('transcript');
    expect(actions(bosk).find(({ id }) => id === 'remove')?.label).toBe('Archive…');
    bosk.sheet = 'remove';
    const dialog = await screen.findByTestId('remove-dialog');
    expect(within(dialog).getByRole('heading', { name: 'Archive this session?', hidden: true })).toBeTruthy();
    const confirm = within(dialog).getByTestId<HTMLButtonElement>('remove-confirm');
    await waitFor(() => expect(confirm.disabled).toBe(false));
    expect(confirm.textContent.trim()).toBe('Archive');
    await fireEvent.click(confirm);
    await waitFor(() => expect(backend.sessions.has(uuid(4))).toBe(false));
    await fireEvent.click(await screen.findByTestId('undo'));
    await waitFor(() => expect(backend.sessions.has(uuid(4))).toBe(true));
    await waitFor(() => expect(bosk.said).toContain(`${OWN}/locale-amounts`));
  });

  it('in the repository itself is removed as before, for good', async () => {
    const { bosk, backend } = await openFirst('worktrees');
    bosk.select(uuid(5));
    await screen.findByTestId('transcript');
    bosk.sheet = 'remove';
    const confirm = await screen.findByTestId<HTMLButtonElement>('remove-confirm');
    await waitFor(() => expect(confirm.disabled).toBe(false));
    expect(screen.getByTestId('ends-resting').textContent).toContain('Write the migration guide');
    expect(confirm.textContent.trim()).toBe('Remove');
    await fireEvent.click(confirm);
    await waitFor(() => expect(backend.sessions.has(uuid(5))).toBe(false));
    expect(screen.queryByTestId('undo')).toBeNull();
  });

  it('is launched into a worktree that is there', async () => {
    const { trees } = await page();
    const worktree = trees.rows.find(({ folder }) => folder.endsWith('/pricing-tests')) ?? null;
    trees.launchAt({ worktree, branch: null });
    const there = await screen.findByTestId('launch-there');
    expect(there.textContent).toContain('pricing-tests');
    const plan = screen.getByTestId('launch-plan');
    await waitFor(() =>
      expect(plan.textContent).toContain('Works there too: Port the pricing tests to Vitest'),
    );
    expect(plan.textContent).toMatch(
      /^Works in .*\/pricing-tests, which is there already, on pricing-tests\./,
    );
    expect(screen.queryByTestId('launch-repository')).toBeNull();
    expect(screen.queryByLabelText('Start from')).toBeNull();
    expect(await faults()).toEqual([]);
  });

  it('is launched on a branch that is there, in a part of the repository', async () => {
    const { trees, backend } = await page();
    const launched = vi.spyOn(backend, 'launch');
    trees.launchAt({ worktree: null, branch: 'bump-linters' });
    const plan = await screen.findByTestId('launch-plan');
    await waitFor(() => expect(plan.textContent).toContain('Checks out the branch bump-linters'));
    await fireEvent.input(screen.getByTestId('launch-prompt'), { target: { value: 'Go on' } });
    await fireEvent.input(screen.getByLabelText('Subfolder'), { target: { value: ' packages/web ' } });
    expect(screen.getByTestId('launch-options').textContent).toContain('packages/web');
    await fireEvent.click(screen.getByTestId('launch-submit'));
    await waitFor(() => expect(launched).toHaveBeenCalledTimes(1));
    expect(launched.mock.calls[0]?.[0]).toMatchObject({
      branch: 'bump-linters',
      existing: true,
      folder: null,
      subfolder: 'packages/web',
    });
  });
});
