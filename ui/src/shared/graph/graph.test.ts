import { fireEvent, render, screen } from '@testing-library/svelte';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import Graph from './Graph.svelte';
import { speakable } from './load';

const series = [
  { id: 'a', label: 'Fix login', colour: 'var(--series-1)', values: [1, 2, null] },
  { id: 'b', label: 'Port tests', colour: 'var(--series-2)', values: [0.5, null, 0.25] },
];

describe('a graph', () => {
  it('is a table where nothing can be drawn, with the latest at the top', async () => {
    const onmark = vi.fn();
    render(Graph, {
      title: 'CPU',
      unit: 'cpu',
      series,
      at: [1000, 1001, 1002],
      stacked: true,
      marks: [{ from: 1000, to: 1001, label: 'Bash npm test', index: 7 }],
      onmark,
    });
    await screen.findByRole('table');
    const rows = screen.getAllByRole('row').map((row) => [...row.children].map((cell) => cell.textContent));
    expect(rows[0]).toEqual(['Time', 'Fix login', 'Port tests', 'Total']);
    expect(rows.slice(1).map((row) => row.slice(1))).toEqual([
      ['', '25%', '25%'],
      ['200%', '', '200%'],
      ['100%', '50%', '150%'],
    ]);
    await fireEvent.click(screen.getByText('Bash npm test'));
    expect(onmark).toHaveBeenCalledWith(7);
  });

  it('says what it is now, and of how much', async () => {
    const [one] = series;
    if (!one) throw new Error('no series');
    render(Graph, { title: 'CPU', unit: 'cpu', series: [one], at: [1000, 1001, 1002], limit: 4 });
    expect(screen.getByText('200% of 400%')).toBeTruthy();
    await screen.findByRole('table');
  });

  it('says so when nothing was measured', async () => {
    render(Graph, { title: 'CPU', unit: 'cpu', series: [], at: [] });
    expect(await screen.findByText('Nothing was measured in this time.')).toBeTruthy();
  });
});

describe('a system without a language', () => {
  it('has one for as long as the drawing library is read', () => {
    const language = vi.spyOn(navigator, 'language', 'get').mockReturnValue('C');
    onTestFinished(() => language.mockRestore());
    const restore = speakable();
    expect(() => new Intl.NumberFormat(navigator.language)).not.toThrow();
    restore();
    expect(navigator.language).toBe('C');
  });
});
