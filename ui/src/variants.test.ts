import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { actions } from './actions';
import { uuid } from './backend/fake/scenes';
import type { Variants } from './backend/types';
import { labels, VariantsForm } from './features/launch/variants.svelte';
import { faults, open, openFirst, press } from './test-window';

const type = (testid: string, value: string) =>
  fireEvent.input(screen.getByTestId(testid), { target: { value } });
const chip = (testid: string, name: string) =>
  fireEvent.click(
    screen.getAllByTestId(testid).find((one) => one.textContent.trim() === name) as HTMLElement,
  );

describe('a launch in several ways', () => {
  const planned = () => screen.queryAllByTestId('variants-planned').map((one) => one.textContent.trim());
  const submit = () => screen.getByTestId<HTMLButtonElement>('launch-submit');

  async function sheet(scene = 'some') {
    const opened = await open(scene);
    await fireEvent.click(screen.getByTestId('launch-open'));
    await screen.findByTestId('launch');
    await type('launch-prompt', 'Fix it');
    return opened;
  }

  it('shows what it comes to, and launches that with its check', async () => {
    const { backend, bosk } = await sheet();
    await chip('variants-model', 'opus');
    expect(screen.getByTestId('variants-fits').textContent.trim()).toBe('Choose at least two ways.');
    expect(submit().disabled).toBe(true);
    await type('variants-another', ' my-model ');
    await fireEvent.keyDown(screen.getByTestId('variants-another'), { key: 'Enter' });
    await chip('variants-effort', 'High');
    await type('variants-each', '2');
    expect(planned()).toEqual(['opus · 1', 'opus · 2', 'my-model · 1', 'my-model · 2']);
    await fireEvent.click(screen.getByLabelText('opus · 2'));
    expect(screen.getByTestId('variants-open').textContent).toContain('3 ways');
    await type('variants-check', 'npm test');
    expect(screen.getByTestId<HTMLButtonElement>('launch-queue').disabled).toBe(true);
    expect(submit().textContent.trim()).toBe('Launch 3 variants');
    expect(await faults()).toEqual([]);
    await fireEvent.click(submit());
    await waitFor(() => expect(bosk.sheet).toBeNull());
    const call = backend.calls.find(({ name }) => name === 'launchVariants')?.args[0] as Variants;
    expect(call.kinds).toEqual([
      { model: 'opus', effort: 'high', instructions: null, count: 1 },
      { model: 'my-model', effort: 'high', instructions: null, count: 2 },
    ]);
    expect(call.spec).toMatchObject({ prompt: 'Fix it', check: 'npm test', variant: null });
    expect(bosk.said).toBe('3 variants added to the queue');
    const rows = screen.getAllByTestId('task-row').map((row) => row.querySelector('.tag')?.textContent);
    expect(rows.filter(Boolean)).toHaveLength(3);
  });

  it('asks about trust first, and is once only again when that is wanted', async () => {
    const { backend, bosk } = await sheet('trust');
    await type('variants-each', '17');
    expect(screen.getByTestId('variants-fits').textContent).toContain('At most 16');
    expect(submit().disabled).toBe(true);
    await type('variants-each', '2');
    await fireEvent.click(submit());
    const accept = await screen.findByTestId<HTMLButtonElement>('trust-accept');
    await waitFor(() => expect(accept.disabled).toBe(false));
    await fireEvent.click(accept);
    await waitFor(() => expect(bosk.sheet).toBeNull());
    expect(backend.tasks).toHaveLength(2);
    await fireEvent.click(screen.getByTestId('launch-open'));
    await type('variants-each', '3');
    await fireEvent.click(screen.getByRole('button', { name: 'Try it once only' }));
    expect(screen.getByTestId('variants-open').textContent).toContain('once');
    expect(planned()).toEqual([]);
  });

  it('calls each by what sets it apart', () => {
    const form = new VariantsForm();
    form.count = '3';
    expect(labels(form.chosen)).toEqual(['1', '2', '3']);
    form.instructions = `Be quick\n${'long '.repeat(20)}`;
    form.count = '1';
    expect(labels(form.chosen)).toEqual(['Be quick', `${'long '.repeat(8)}…`]);
    form.instructions = 'One\nmore\n---\nTwo';
    form.toggleModel('opus');
    form.toggleEffort('low');
    form.toggleEffort('max');
    expect(labels(form.chosen)).toEqual(['low · One more', 'low · Two', 'max · One more', 'max · Two']);
  });
});

describe('a comparison', () => {
  async function sheet() {
    const opened = await openFirst('variants');
    await press('v');
    await screen.findByTestId('variants-table');
    return opened;
  }
  const cells = () =>
    screen.getAllByTestId('variants-row').map((row) => {
      const texts = [...row.querySelectorAll('th, td')].map((cell) => cell.textContent.trim());
      return texts.map((text) => text.replace(/\s+/g, ' '));
    });

  it('is a table, with files and lines side by side', async () => {
    const { bosk } = await sheet();
    expect(
      cells().map(([, label, state, check, files, lines]) => [label, state, check, files, lines]),
    ).toEqual([
      ['opus · high', 'Done', 'Passed', '1', '+31 −7'],
      ['opus · low', 'Failed', 'Failed with exit code 1', '2', '+62 −14'],
      ['sonnet · high', 'Done', 'Passed', '3', '+93 −21'],
      ['sonnet · low', 'Running', '–', '4', '+124 −28'],
    ]);
    expect(screen.getAllByTestId('variants-rank').map((one) => one.textContent)).toEqual([
      '1',
      '3',
      '2',
      '–',
    ]);
    const columns = () => screen.getAllByTestId('variants-column');
    expect(columns().map((one) => one.querySelector('h3')?.textContent)).toEqual([
      'opus · high',
      'sonnet · high',
    ]);
    await fireEvent.click(screen.getByLabelText('Show sonnet · low side by side'));
    await waitFor(() => expect(columns()).toHaveLength(3));
    const [first] = columns();
    if (!first) throw new Error('no column');
    await waitFor(() => expect(within(first).queryAllByTestId('variants-file')).toHaveLength(3));
    await fireEvent.click(within(first).getAllByTestId('variants-file')[0] as HTMLElement);
    await waitFor(() => expect(screen.getAllByRole('group', { name: /Difference in/ })).toHaveLength(3));
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'sonnet · high' }));
    expect([bosk.sheet, bosk.selected]).toEqual([null, uuid(3)]);
  });

  it('says what keeping one does to the others, and what came of it', async () => {
    const { backend, store, bosk } = await sheet();
    await fireEvent.click(screen.getByLabelText('Choose this one… sonnet · high'));
    const asked = screen.getByTestId('variants-asked');
    expect(document.activeElement?.textContent.trim()).toBe('Cancel');
    expect(asked.textContent).toContain('Keep “sonnet · high”');
    expect(asked.textContent).toContain('3 sessions that have not ended are stopped');
    expect(asked.textContent).toContain('3 folders go to the trash, each after a snapshot');
    expect(asked.textContent).not.toContain('out of the queue');
    expect(await faults()).toEqual([]);
    const problem = { code: 'session_state' as const, message: 'It has no worktree of its own.', hint: null };
    const choose = backend.chooseVariant.bind(backend);
    vi.spyOn(backend, 'chooseVariant').mockImplementation(async (group, id) => {
      const chosen = await choose(group, id);
      return { archived: chosen.archived.slice(1), left: [{ id: uuid(1), problem }] };
    });
    await fireEvent.click(screen.getByTestId('variants-confirm'));
    const outcome = await screen.findByTestId('variants-outcome');
    expect(outcome.textContent).toContain('“sonnet · high” was kept');
    expect(outcome.textContent).toMatch(/opus · low:\s*in the trash, its snapshot is\s*c0ffee0000/);
    expect(screen.getByTestId('variants-left').textContent).toContain('no worktree of its own');
    expect([...store.sessions.keys()]).toEqual([uuid(3)]);
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByRole('button', { name: 'Go to its session' }));
    expect([bosk.sheet, bosk.selected]).toEqual([null, uuid(3)]);
  });

  it('can be thought better of, and says what is refused', async () => {
    const { backend, store } = await sheet();
    await fireEvent.click(screen.getByLabelText('Choose this one… opus · low'));
    await fireEvent.click(screen.getByRole('button', { name: 'Cancel' }));
    await screen.findByTestId('variants-table');
    vi.spyOn(backend, 'chooseVariant').mockRejectedValueOnce({
      code: 'disk_full',
      message: 'No.',
      hint: null,
    });
    await fireEvent.click(screen.getByLabelText('Choose this one… opus · low'));
    await fireEvent.click(screen.getByTestId('variants-confirm'));
    expect((await screen.findByTestId('problem')).dataset['code']).toBe('disk_full');
    expect(store.sessions.size).toBe(4);
  });

  it('is offered when all of them got done, and from the palette', async () => {
    const { backend, bosk } = await openFirst('variants');
    expect(screen.queryByTestId('variants-done')).toBeNull();
    expect(screen.queryByTestId('variants-bar')).toBeNull();
    backend.update(uuid(4), { turn: 'idle', glance: 'done', doing: null });
    const done = await screen.findByTestId('variants-done');
    expect(done.textContent).toContain('All 4 variants are done');
    expect(screen.getByTestId('variants-bar').textContent).toContain('All 4 variants are done');
    expect(await faults()).toEqual([]);
    await fireEvent.click(screen.getByTestId('variants-done-compare'));
    await screen.findByTestId('variants-table');
    expect(screen.queryByTestId('variants-done')).toBeNull();
    bosk.sheet = null;
    bosk.select(null);
    const all = actions(bosk).map(({ label }) => label);
    expect(all).toContain('Compare variants: Cache the exchange rates');
  });
});
