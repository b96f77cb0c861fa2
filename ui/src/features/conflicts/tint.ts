import { StateField, type EditorState, type Extension, type Range } from '@codemirror/state';
import { Decoration, EditorView, type DecorationSet } from '@codemirror/view';
import { blocks } from './marks';

/** Tints the lines of each side between git's marks. */

const tints = {
  mark: Decoration.line({ class: 'cm-mark' }),
  ours: Decoration.line({ class: 'cm-ours' }),
  theirs: Decoration.line({ class: 'cm-theirs' }),
};

/** Offsets are of the text as it is saved; the editor counts each line end as one. */
function made({ doc }: EditorState): DecorationSet {
  const lines: Range<Decoration>[] = [];
  for (const { from, to, oursAt, theirsAt } of blocks(doc.toString())) {
    const within = (at: number, [begin, end]: [number, number]) => at >= begin && at < end;
    for (let at = from; at < to;) {
      const line = doc.lineAt(at);
      const tint = within(at, oursAt) ? tints.ours : within(at, theirsAt) ? tints.theirs : tints.mark;
      lines.push(tint.range(line.from));
      at = line.to + 1;
    }
  }
  return Decoration.set(lines);
}

export const tint: Extension = StateField.define<DecorationSet>({
  create: made,
  update: (before, change) => (change.docChanged ? made(change.state) : before),
  provide: (field) => EditorView.decorations.from(field),
});
