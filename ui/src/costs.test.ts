import { fireEvent, screen, waitFor, within } from '@testing-library/svelte';
import { describe, expect, it, vi } from 'vitest';
import { faults, open, press } from './test-window';

async function costs(scene = 'some') {
  const opened = await open(scene);
  await press('$');
  const sheet = await screen.findByTestId('costs');
  return { ...opened, sheet };
}

describe('costs', () => {
  it('are shown in all, by day, by hour of the week, and put together', async () => {
    const { sheet } = await costs();
    await within(sheet).findByTestId('costs-total');
    // Without a canvas the graph is its table.
    const days = await within(sheet).findByRole('table', { name: 'By day' });
    expect(within(days).getAllByRole('row')).toHaveLength(31);
    expect(within(days).getByText('claude-opus-5')).toBeTruthy();
    const hours = within(sheet).getByTestId('costs-hours');
    expect(within(hours).getAllByRole('row')).toHaveLength(8);
    expect(hours.querySelectorAll('td.cell')).toHaveLength(7 * 24);
    const table = within(sheet).getByTestId('costs-table');
    expect(table.textContent).toMatch(/shop\s*\$[\d,.]+\s*100%/);
    await fireEvent.click(within(sheet).getAllByLabelText('Model').at(-1) as HTMLElement);
    await waitFor(() => expect(table.textContent).toContain('claude-sonnet-5-5'));
    expect(await faults()).toEqual([]);
  });

  it('go as far back as is wanted, and are read once for what is within', async () => {
    const { backend, sheet } = await costs();
    const asked = vi.spyOn(backend, 'spent');
    await within(sheet).findByTestId('costs-total');
    const sum = () => within(sheet).getByTestId('costs-total').querySelector('dd')?.textContent ?? '';
    const month = sum();
    await fireEvent.click(within(sheet).getByLabelText('7 days'));
    await waitFor(() => expect(sum()).not.toBe(month));
    expect(asked).not.toHaveBeenCalled();
    await fireEvent.click(within(sheet).getByLabelText('90 days'));
    await waitFor(() => expect(asked).toHaveBeenCalledTimes(1));
    const midnight = new Date((asked.mock.calls[0]?.[0] ?? 0) * 1000);
    expect([midnight.getHours(), midnight.getMinutes()]).toEqual([0, 0]);
  });

  it('are compared with what a day may cost', async () => {
    const { store, sheet } = await costs();
    await within(sheet).findByRole('table', { name: 'By day' });
    expect(sheet.querySelector('figcaption')?.textContent).not.toContain('of $12.00');
    store.settings = { ...store.settings, max_usd_a_day: 12 };
    await waitFor(() =>
      expect(sheet.querySelector('figcaption')?.textContent).toMatch(/Today \$[\d.]+ of \$12\.00/),
    );
  });

  it('are kept as a file', async () => {
    const { backend, sheet } = await costs();
    const button = within(sheet).getByTestId<HTMLButtonElement>('costs-csv');
    await waitFor(() => expect(button.disabled).toBe(false));
    await fireEvent.click(button);
    const [name, content] = backend.calls.find((call) => call.name === 'saveFile')?.args ?? [];
    expect(name).toMatch(/^bosk-costs-\d{4}-\d\d-\d\d\.csv$/);
    expect(new TextDecoder('utf-8', { ignoreBOM: true }).decode(content as Uint8Array)).toMatch(
      /^\uFEFFhour,repository,session,model,cost_usd,/,
    );
  });

  it('say so when there are none, and when they cannot be read, which can be tried again', async () => {
    const { sheet } = await costs('empty');
    expect((await within(sheet).findByTestId('costs-none')).textContent).toContain('Nothing was spent');
    screen.getByRole('button', { name: 'Close' }).click();
    await waitFor(() => expect(screen.queryByTestId('costs')).toBeNull());
  });

  it('can be read again where that failed', async () => {
    const opened = await open('some');
    const problem = { code: 'home_unwritable', message: 'It cannot be read.', hint: null };
    vi.spyOn(opened.backend, 'spent').mockRejectedValueOnce(problem);
    opened.bosk.sheet = 'costs';
    const sheet = await screen.findByTestId('costs');
    await within(sheet).findByTestId('problem');
    await fireEvent.click(within(sheet).getByText('Try again'));
    await within(sheet).findByTestId('costs-total');
  });
});
