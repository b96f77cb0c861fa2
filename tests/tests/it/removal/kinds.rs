//! Every kind of work that is not saved anywhere else, and a worktree as it lies there, for comparison.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::path::{Path, PathBuf};

use bosk_tests::Sandbox;

/// One kind of unsaved work.
pub(super) struct Kind {
    pub(super) name: &'static str,
    make: fn(&Hand<'_>),
    /// Whether a snapshot alone holds all of it: what is ignored and what is in other repositories it does not.
    pub(super) in_snapshot: bool,
    /// Whether git has flags of it in its index that only the index itself holds.
    pub(super) has_flags: bool,
    /// Whether it is an operation that goes on, or a HEAD that files do not go back over.
    pub(super) goes_on: bool,
}

const fn kind(name: &'static str, make: fn(&Hand<'_>)) -> Kind {
    Kind { name, make, in_snapshot: true, has_flags: false, goes_on: false }
}

/// All of them.
pub(super) static KINDS: [Kind; 29] = [
    kind("modified", |hand| hand.write("readme.md", "changed\n")),
    kind("staged", |hand| {
        hand.write("readme.md", "staged\n");
        hand.git(&["add", "readme.md"]);
    }),
    kind("staged-then-modified", |hand| {
        hand.write("readme.md", "staged\n");
        hand.git(&["add", "readme.md"]);
        hand.write("readme.md", "and changed\n");
    }),
    kind("untracked", |hand| hand.write("new.txt", "new\n")),
    kind("untracked-in-new-folder", |hand| hand.write("a/b c/new.txt", "new\n")),
    kind("deleted", |hand| std::fs::remove_file(hand.folder.join("kept.txt")).unwrap()),
    kind("staged-deletion", |hand| hand.git(&["rm", "-q", "kept.txt"])),
    kind("staged-deletion-still-there", |hand| hand.git(&["rm", "-q", "--cached", "kept.txt"])),
    kind("renamed", |hand| hand.git(&["mv", "kept.txt", "moved.txt"])),
    kind("mode", |hand| {
        let mode = std::fs::Permissions::from_mode(0o755);
        std::fs::set_permissions(hand.folder.join("kept.txt"), mode).unwrap();
    }),
    kind("symlink", |hand| {
        symlink("/nowhere/at all", hand.folder.join("link")).unwrap();
        std::fs::remove_file(hand.folder.join("kept.txt")).unwrap();
        symlink("readme.md", hand.folder.join("kept.txt")).unwrap();
    }),
    kind("empty-file", |hand| hand.write("empty", "")),
    kind("not-utf8", |hand| {
        let name = OsStr::from_bytes(b"caf\xe9 \xff.txt");
        std::fs::write(hand.folder.join(name), b"\xff\x00\xfe").unwrap();
    }),
    kind("line-end-in-name", |hand| hand.write("two\nlines \"q\"\t.txt", "x\n")),
    kind("composed-and-decomposed", |hand| {
        hand.write("\u{e9}.txt", "composed\n");
        hand.write("e\u{301}.txt", "decomposed\n");
    }),
    kind("file-for-folder", |hand| {
        std::fs::remove_dir_all(hand.folder.join("folder")).unwrap();
        hand.write("folder", "a file now\n");
    }),
    Kind {
        goes_on: true,
        ..kind("merge", |hand| {
            hand.write("readme.md", "ours\n");
            hand.git(&["commit", "-qam", "ours"]);
            hand.fails(&["merge", "theirs"]);
            hand.write("beside.txt", "untracked\n");
        })
    },
    Kind {
        goes_on: true,
        ..kind("rebase", |hand| {
            hand.write("readme.md", "ours\n");
            hand.git(&["commit", "-qam", "ours"]);
            hand.write("kept.txt", "put aside by the rebase\n");
            hand.fails(&["rebase", "--autostash", "theirs"]);
        })
    },
    kind("detached", |hand| {
        hand.git(&["checkout", "-q", "--detach"]);
        hand.write("readme.md", "detached\n");
        hand.git(&["commit", "-qam", "detached"]);
        hand.git(&["checkout", "-q", "HEAD~1"]);
    }),
    kind("amended", |hand| {
        hand.write("readme.md", "first try\n");
        hand.git(&["commit", "-qam", "first try"]);
        hand.write("readme.md", "second try\n");
        hand.git(&["commit", "-q", "--amend", "-am", "second try"]);
    }),
    kind("stash", |hand| {
        hand.write("readme.md", "stashed\n");
        hand.git(&["stash", "-q"]);
    }),
    Kind {
        has_flags: true,
        ..kind("intent-to-add", |hand| {
            hand.write("meant.txt", "meant\n");
            hand.git(&["add", "-N", "meant.txt"]);
        })
    },
    Kind {
        has_flags: true,
        ..kind("skip-worktree", |hand| {
            hand.git(&["update-index", "--skip-worktree", "kept.txt"]);
            hand.write("kept.txt", "mine alone\n");
        })
    },
    Kind {
        has_flags: true,
        ..kind("assume-unchanged", |hand| {
            hand.git(&["update-index", "--assume-unchanged", "kept.txt"]);
            hand.write("kept.txt", "mine alone\n");
        })
    },
    Kind {
        in_snapshot: false,
        ..kind("submodule", |hand| {
            let inner = hand.sandbox.path("repositories/inner");
            hand.git(&["submodule", "--quiet", "add", inner.to_str().unwrap(), "inner"]);
            hand.write("inner/own.txt", "committed in it\n");
            let inside = hand.folder.join("inner");
            hand.sandbox.git(&inside, ["add", "."]);
            hand.sandbox.git(&inside, ["commit", "-qm", "own"]);
            hand.write("inner/readme.md", "dirty\n");
        })
    },
    Kind {
        in_snapshot: false,
        ..kind("nested", |hand| {
            hand.git(&["init", "-q", "nested"]);
            hand.write("nested/x.txt", "in another repository\n");
        })
    },
    Kind {
        in_snapshot: false,
        ..kind("ignored", |hand| {
            hand.write(".env.ignored", "SECRET=1\n");
            hand.write("build.ignored/deep/out.o", "0123\n");
        })
    },
    kind("line-ends", |hand| {
        hand.write("new.crlf", "one\r\ntwo\r\n");
        hand.write("mixed.crlf", "one\ntwo\r\n");
        hand.git(&["-c", "core.safecrlf=false", "add", "new.crlf"]);
    }),
    kind("filter", |hand| {
        hand.write("a.up", "Lower And Upper\n");
        hand.write("b \"q\".up", "staged\n");
        hand.git(&["add", "b \"q\".up"]);
    }),
];

/// Whoever makes a mess in a worktree.
pub(super) struct Hand<'a> {
    sandbox: &'a Sandbox,
    folder: PathBuf,
}

impl Hand<'_> {
    fn write(&self, path: &str, content: &str) {
        let path = self.folder.join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn git(&self, args: &[&str]) {
        self.sandbox.git(&self.folder, args);
    }

    /// For what is to stop at a conflict.
    fn fails(&self, args: &[&str]) {
        let mut git = std::process::Command::new("git");
        git.args(args).current_dir(&self.folder).env_clear().envs(self.sandbox.environment());
        assert!(!git.output().unwrap().status.success(), "{args:?} did not stop");
    }
}

/// A repository with everything that the kinds need.
pub(super) fn repository(sandbox: &Sandbox) -> PathBuf {
    let inner = sandbox.repository("inner");
    std::fs::write(inner.join("kept.txt"), "inner\n").unwrap();
    let root = sandbox.repository("shop");
    let write = |path: &str, content: &str| {
        std::fs::create_dir_all(root.join(path).parent().unwrap()).unwrap();
        std::fs::write(root.join(path), content).unwrap();
    };
    write("kept.txt", "kept\n");
    write("folder/deep.txt", "deep\n");
    write(".gitignore", "*.ignored\n");
    write(".gitattributes", "*.crlf text=auto\n*.up filter=up\n");
    // The person's own: what a repository itself brings would be asked about first.
    sandbox.git(&root, ["config", "--global", "filter.up.clean", "tr a-z A-Z"]);
    sandbox.git(&root, ["add", "."]);
    sandbox.git(&root, ["commit", "-qm", "base"]);
    sandbox.git(&root, ["checkout", "-qb", "theirs"]);
    write("readme.md", "theirs\n");
    sandbox.git(&root, ["commit", "-qam", "theirs"]);
    sandbox.git(&root, ["checkout", "-q", "main"]);
    root
}

/// Makes that mess in the worktree.
pub(super) fn make(sandbox: &Sandbox, kind: &Kind, folder: &Path) {
    (kind.make)(&Hand { sandbox, folder: folder.to_owned() });
}

/// What lies at a path.
#[derive(Debug, PartialEq, Eq)]
enum Entry {
    File { content: Vec<u8>, mode: u32 },
    Link(PathBuf),
}

/// A worktree, as it lies there and as git sees it.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct State {
    files: BTreeMap<PathBuf, Entry>,
    index: String,
    flags: String,
    status: String,
    head: String,
    goes_on: String,
    history: String,
    inside: Vec<String>,
    stashes: String,
}

impl State {
    pub(crate) fn of(sandbox: &Sandbox, folder: &Path) -> Self {
        let git = |args: &[&str]| sandbox.git(folder, args);
        let inner = folder.join("inner");
        let inside = inner.exists().then(|| {
            let log = sandbox.git(&inner, ["log", "--format=%H"]);
            vec![log, sandbox.git(&inner, ["status", "--porcelain=v2"])]
        });
        Self {
            files: files(folder),
            index: git(&["ls-files", "--stage", "-z"]),
            flags: git(&["ls-files", "-v", "-z"]),
            status: git(&["status", "--porcelain=v2", "-z", "--ignored", "--untracked-files=all"]),
            head: git(&["status", "--branch", "--porcelain=v2", "--untracked-files=no"]),
            goes_on: git(&["status", "--untracked-files=no"]),
            history: git(&["reflog", "--format=%H"]),
            inside: inside.unwrap_or_default(),
            stashes: git(&["stash", "list", "--format=%H"]),
        }
    }

    /// What a snapshot alone holds of it: not what is ignored, which git's flags are set, and what else git knew. Where
    /// there are such flags, nothing that they change either.
    pub(crate) fn of_snapshot(mut self, has_flags: bool) -> Self {
        self.files.retain(|path, _| !path.to_string_lossy().contains(".ignored"));
        self.status = self.status.split('\0').filter(|field| !field.starts_with('!')).collect();
        for field in [&mut self.flags, &mut self.history, &mut self.goes_on] {
            field.clear();
        }
        if has_flags {
            self.status.clear();
            self.index.clear();
            self.head.clear();
        }
        self
    }

    /// The same but for what going back leaves alone.
    pub(super) fn after_undo(mut self, kind: &Kind) -> Self {
        self.flags.clear();
        self.history.clear();
        if kind.has_flags {
            self.status.clear();
            self.index.clear();
            self.head.clear();
            self.goes_on.clear();
        }
        self
    }
}

fn files(root: &Path) -> BTreeMap<PathBuf, Entry> {
    let mut found = BTreeMap::new();
    let mut open = vec![root.to_owned()];
    while let Some(folder) = open.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let metadata = path.symlink_metadata().unwrap();
            if path.file_name().unwrap() == ".git" && !path.ends_with("nested/.git") {
                continue;
            }
            if metadata.is_dir() {
                open.push(path);
                continue;
            }
            let entry = if metadata.is_symlink() {
                Entry::Link(std::fs::read_link(&path).unwrap())
            } else {
                let mode = metadata.permissions().mode() & 0o777;
                Entry::File { content: std::fs::read(&path).unwrap(), mode }
            };
            found.insert(path.strip_prefix(root).unwrap().to_owned(), entry);
        }
    }
    found
}
