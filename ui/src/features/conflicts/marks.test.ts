import { describe, expect, it } from 'vitest';
import { blocks, hasMarks, taken } from './marks';

const file = [
  'a',
  '<<<<<<< HEAD',
  'ours 1',
  '=======',
  'theirs 1',
  '>>>>>>> main',
  'b',
  '<<<<<<< HEAD',
  '||||||| c0ffee',
  'base',
  '=======',
  'theirs 2',
  'theirs 3',
  '>>>>>>> main',
].join('\n');

describe('places in conflict', () => {
  it('are found with what each side has, the base left out', () => {
    const found = blocks(file);
    expect(found.map(({ line, ours, theirs }) => [line, ours, theirs])).toEqual([
      [2, 'ours 1\n', 'theirs 1\n'],
      [8, '', 'theirs 2\ntheirs 3\n'],
    ]);
    expect(found.map(({ from, to }) => file.slice(from, to).split('\n').length)).toEqual([6, 7]);
    for (const { oursAt, theirsAt, ours, theirs } of found) {
      expect(file.slice(...oursAt)).toBe(ours);
      expect(file.slice(...theirsAt)).toBe(theirs);
    }
  });

  it('become one side or both, and nothing else changes', () => {
    const all = (take: 'ours' | 'theirs' | 'both') => {
      let text = file;
      for (let block = blocks(text)[0]; block; block = blocks(text)[0])
        text = text.slice(0, block.from) + taken(block, take) + text.slice(block.to);
      return text;
    };
    expect(all('ours')).toBe('a\nours 1\nb\n');
    expect(all('theirs')).toBe('a\ntheirs 1\nb\ntheirs 2\ntheirs 3\n');
    expect(all('both')).toBe('a\nours 1\ntheirs 1\nb\ntheirs 2\ntheirs 3\n');
    expect(hasMarks(all('both'))).toBe(false);
  });

  it('are not seen in what only looks like one', () => {
    const plain = 'Title\n=======\n<<<<<<<<< eight\n  <<<<<<< indented\n>>>>>>> quoted\nend';
    expect(blocks(plain)).toEqual([]);
    expect(blocks('<<<<<<< never ended\na\n=======\nb\n')).toEqual([]);
    expect(hasMarks('<<<<<<< never ended\n')).toBe(true);
    expect(hasMarks('Title\n=======\n')).toBe(false);
  });

  it('keep the line ends of their file', () => {
    const [block] = blocks(file.replaceAll('\n', '\r\n'));
    expect(block?.ours).toBe('ours 1\r\n');
  });
});
