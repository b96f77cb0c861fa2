import type { ReviewFile } from '../../backend/types';

/** The changed files by their folders. Folders that hold nothing but one folder are one line with it. */
export type Branch =
  | { kind: 'folder'; path: string; name: string; depth: number; open: boolean; files: number }
  | { kind: 'file'; path: string; name: string; depth: number; file: ReviewFile };

interface Folder {
  folders: Map<string, Folder>;
  files: ReviewFile[];
  count: number;
}

const empty = (): Folder => ({ folders: new Map(), files: [], count: 0 });

function gather(files: readonly ReviewFile[]): Folder {
  const root = empty();
  for (const file of files) {
    let folder = root;
    for (const name of file.path.split('/').slice(0, -1)) {
      folder.count += 1;
      let next = folder.folders.get(name);
      if (!next) folder.folders.set(name, (next = empty()));
      folder = next;
    }
    folder.count += 1;
    folder.files.push(file);
  }
  return root;
}

/** The lines of the tree; what is in a closed folder is left out. */
export function branches(files: readonly ReviewFile[], closed: ReadonlySet<string>): Branch[] {
  const lines: Branch[] = [];
  const add = (folder: Folder, path: string, depth: number) => {
    for (const [first, inside] of folder.folders) {
      let [name, place, one] = [first, `${path}${first}/`, inside];
      while (one.files.length === 0 && one.folders.size === 1) {
        const [[only, next]] = [...one.folders] as [[string, Folder]];
        [name, place, one] = [`${name}/${only}`, `${place}${only}/`, next];
      }
      const open = !closed.has(place);
      lines.push({ kind: 'folder', path: place, name, depth, open, files: one.count });
      if (open) add(one, place, depth + 1);
    }
    for (const file of folder.files) {
      const name = file.path.slice(file.path.lastIndexOf('/') + 1);
      lines.push({ kind: 'file', path: file.path, name, depth, file });
    }
  };
  add(gather(files), '', 0);
  return lines;
}

/** The files in the order in which the tree shows them: what is on the right goes the same way. */
export function inOrder(files: readonly ReviewFile[]): ReviewFile[] {
  return branches(files, new Set()).flatMap((line) => (line.kind === 'file' ? line.file : []));
}
