import { describe, expect, it } from 'vitest';
import { ansi } from './ansi';

const text = (input: string) =>
  ansi(input)
    .map((span) => span.text)
    .join('');

describe('terminal output', () => {
  it('keeps colours and weights', () => {
    const [plain, bold, red, rest] = ansi('a\u001b[1mb\u001b[31mc\u001b[0md');
    expect(plain?.style.bold).toBe(false);
    expect(bold?.style).toMatchObject({ bold: true, colour: null });
    expect(red?.style).toMatchObject({ bold: true, colour: 1 });
    expect(rest?.style).toMatchObject({ bold: false, colour: null });
  });

  it('takes 256 and 24-bit colours for the nearest of the eight', () => {
    expect(ansi('\u001b[38;5;196mx')[0]?.style.colour).toBe(1);
    expect(ansi('\u001b[38;2;10;200;30mx')[0]?.style.colour).toBe(2);
    expect(ansi('\u001b[48;5;4;1mx')[0]?.style).toMatchObject({ colour: null, bold: true });
  });

  it.each([
    ['a link', '\u001b]8;;http://evil.example\u0007click\u001b]8;;\u0007', 'click'],
    ['a link ended by ST', '\u001b]8;;http://evil.example\u001b\\click\u001b]8;;\u001b\\', 'click'],
    ['the clipboard', 'a\u001b]52;c;cm0gLXJmIC8=\u0007b', 'ab'],
    ['a title', '\u001b]0;root@bank\u0007x', 'x'],
    ['a string that never ends', 'a\u001b]52;c;AAAA', 'a'],
    ['a device request', 'a\u001bP$q"p\u001b\\b\u001b[6nc', 'abc'],
    ['cursor and screen', '\u001b[2J\u001b[H\u001b[?1049hx\u001b7\u001bc', 'x'],
    ['one-byte controls', 'a\u009b31mb\u009d0;t\u009cc', 'abc'],
    ['backspaces and bells', 'a\u0008\u0007b\u0000', 'ab'],
    ['a progress bar', '10%\r50%\r100%\r\ndone', '100%\ndone'],
    ['a sequence cut off', 'a\u001b[31', 'a'],
    ['a lone escape', 'a\u001b', 'a'],
  ])('drops %s', (_, input, output) => {
    expect(text(input)).toBe(output);
  });
});
