//! The kinds of repositories: how each is made, what Claude writes there, and what a review is to list of it.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use bosk_tests::Sandbox;

/// A kind of repository.
pub(super) struct Kind {
    /// Makes it; where a person opens it. None where the git of this machine cannot make it.
    pub(super) repository: fn(&Sandbox) -> Option<PathBuf>,
    /// What Claude runs in its worktree.
    pub(super) writes: &'static str,
    /// The names of the files that differ then.
    pub(super) names: &'static [&'static str],
    /// How many there are where they are too many to be named here, else 0.
    pub(super) many: usize,
    /// Whether one of them is too long to be shown.
    pub(super) huge: bool,
}

impl Kind {
    pub(super) const fn changed(&self) -> usize {
        if self.many > 0 { self.many } else { self.names.len() }
    }
}

const ORDINARY: Kind = Kind {
    repository: |sandbox| Some(made(sandbox, "shop", &[])),
    writes: "echo more >> readme.md\nmkdir -p a/b\necho new > a/b/new.txt",
    names: &["a/b/new.txt", "readme.md"],
    many: 0,
    huge: false,
};

/// A repository with a commit on `main`; more of it may follow.
fn made(sandbox: &Sandbox, name: &str, options: &[&str]) -> PathBuf {
    let folder = sandbox.path("repositories").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    sandbox.git(&folder, ["init", "--quiet"].iter().chain(options));
    std::fs::write(folder.join("readme.md"), "hello\n").unwrap();
    std::fs::write(folder.join("kept.txt"), "kept\n").unwrap();
    commit(sandbox, &folder);
    folder
}

fn commit(sandbox: &Sandbox, folder: &Path) {
    sandbox.git(folder, ["add", "--all"]);
    sandbox.git(folder, ["commit", "--quiet", "--message", "base"]);
}

#[allow(clippy::print_stdout, reason = "a kind that is left out is told")]
fn made_if_known(sandbox: &Sandbox, option: &str) -> Option<PathBuf> {
    let mut git = std::process::Command::new("git");
    git.args(["init", "--quiet", option]).arg(sandbox.path("trial"));
    let output = git.env_clear().envs(sandbox.environment()).output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("unknown option") || said.contains("unknown ref storage") {
        println!("left out, as git does not know it: {}", said.lines().next().unwrap_or_default());
        return None;
    }
    assert!(output.status.success(), "{said}");
    Some(made(sandbox, "shop", &[option]))
}

pub(super) fn sha_256() -> Kind {
    let repository = |sandbox: &Sandbox| made_if_known(sandbox, "--object-format=sha256");
    Kind { repository, ..ORDINARY }
}

pub(super) fn reftable() -> Kind {
    let repository = |sandbox: &Sandbox| made_if_known(sandbox, "--ref-format=reftable");
    Kind { repository, ..ORDINARY }
}

pub(super) fn settings_of_each_worktree() -> Kind {
    let repository = |sandbox: &Sandbox| {
        let root = made(sandbox, "shop", &[]);
        sandbox.git(&root, ["config", "extensions.worktreeConfig", "true"]);
        sandbox.git(&root, ["config", "--worktree", "core.abbrev", "12"]);
        sandbox.git(&root, ["config", "--worktree", "core.fileMode", "true"]);
        Some(root)
    };
    Kind { repository, ..ORDINARY }
}

pub(super) fn names() -> Kind {
    Kind {
        writes: r#"
            for name in 'two\nlines' 'caf\351 \377' '\303\251.txt' 'e\314\201.txt' '"q" '"'"'s'"'"'' 'tab\there' 'back\\slash'; do
                echo new > "./$(printf "$name")"
            done
            echo new > ./-flag
            echo new > './:(glob)*'
        "#,
        names: &[
            "two\nlines",
            "\"caf\\351 \\377\"",
            "\u{e9}.txt",
            "e\u{301}.txt",
            "\"\\\"q\\\" 's'\"",
            "tab\there",
            "back\\slash",
            "-flag",
            ":(glob)*",
        ],
        ..ORDINARY
    }
}

pub(super) fn folder_of_an_odd_name() -> Kind {
    let repository = |sandbox: &Sandbox| Some(made(sandbox, "-a \"shop\"\nof $(mine) 'é'", &[]));
    Kind { repository, ..ORDINARY }
}

pub(super) fn one_long_line() -> Kind {
    Kind {
        writes: "head -c 10000000 /dev/zero | tr '\\0' x > line.txt",
        names: &["line.txt"],
        huge: true,
        ..ORDINARY
    }
}

/// Half of it goes and half comes.
pub(super) fn long_difference() -> Kind {
    let repository = |sandbox: &Sandbox| {
        let root = made(sandbox, "shop", &[]);
        let line = |number: usize| format!("{number:09} of the old lines, which are long enough\n");
        let text: String = (0..520_000).map(line).collect();
        assert!(text.len() > 25_000_000);
        std::fs::write(root.join("long.txt"), text).unwrap();
        commit(sandbox, &root);
        Some(root)
    };
    Kind {
        repository,
        writes: "sed s/old/new/ long.txt > other && mv other long.txt",
        names: &["long.txt"],
        huge: true,
        ..ORDINARY
    }
}

/// Half of them are known to git. Ten thousand take 21 s on two cores (measured).
pub(super) fn many_files() -> Kind {
    let repository = |sandbox: &Sandbox| {
        let root = made(sandbox, "shop", &[]);
        for number in 0..2000 {
            let folder = root.join(format!("d{}", number / 100));
            std::fs::create_dir_all(&folder).unwrap();
            std::fs::write(folder.join(format!("{number}.txt")), "old\n").unwrap();
        }
        commit(sandbox, &root);
        Some(root)
    };
    Kind {
        repository,
        writes: "for file in d*/*.txt; do echo new > $file; echo new > ${file%.txt}.new; done",
        many: 4_000,
        names: &[],
        ..ORDINARY
    }
}

pub(super) fn line_ends() -> Kind {
    let repository = |sandbox: &Sandbox| {
        let root = made(sandbox, "shop", &[]);
        sandbox.git(&root, ["config", "core.autocrlf", "true"]);
        std::fs::write(root.join("dos.txt"), "one\r\ntwo\r\n").unwrap();
        commit(sandbox, &root);
        Some(root)
    };
    Kind {
        repository,
        writes: r"
            printf 'one\r\ntwo\r\nthree\r\n' > dos.txt
            printf 'one\r\n' > new-dos.txt
            printf 'one\n' > new-unix.txt
            printf 'one\r\ntwo\n' > mixed.txt
        ",
        names: &["dos.txt", "new-dos.txt", "new-unix.txt", "mixed.txt"],
        ..ORDINARY
    }
}

pub(super) fn links() -> Kind {
    Kind {
        writes: "ln -s /nowhere/at/all lost\nln -s readme.md near\nrm kept.txt\nln -s . kept.txt",
        names: &["lost", "near", "kept.txt"],
        ..ORDINARY
    }
}

pub(super) fn executable() -> Kind {
    Kind {
        writes: "chmod +x kept.txt\necho '#!/bin/sh' > run.sh\nchmod +x run.sh",
        names: &["kept.txt", "run.sh"],
        ..ORDINARY
    }
}

/// None of them is asked: nobody has said that hooks run.
pub(super) fn failing_hooks() -> Kind {
    let repository = |sandbox: &Sandbox| {
        let root = made(sandbox, "shop", &[]);
        let mark = sandbox.path("mark");
        for name in [
            "pre-commit",
            "prepare-commit-msg",
            "commit-msg",
            "post-commit",
            "post-checkout",
            "pre-merge-commit",
            "post-merge",
            "reference-transaction",
        ] {
            let hook = root.join(".git/hooks").join(name);
            std::fs::create_dir_all(hook.parent().unwrap()).unwrap();
            std::fs::write(
                &hook,
                format!("#!/bin/sh\necho {name} >> '{}'\nexit 1\n", mark.display()),
            )
            .unwrap();
            std::fs::set_permissions(&hook, std::fs::Permissions::from_mode(0o755)).unwrap();
        }
        Some(root)
    };
    Kind { repository, ..ORDINARY }
}

/// A worktree of a bare repository, inside of somebody else's repository.
pub(super) fn bare() -> Kind {
    let repository = |sandbox: &Sandbox| {
        let from = made(sandbox, "from", &[]);
        let outside = made(sandbox, "outside", &[]);
        let bare = outside.join("shop.git");
        sandbox.git(&from, ["clone", "--quiet", "--bare", ".", bare.to_str().unwrap()]);
        sandbox.git(&bare, ["remote", "remove", "origin"]);
        let root = sandbox.path("repositories").join("shop");
        sandbox.git(&bare, ["worktree", "add", "--quiet", root.to_str().unwrap(), "main"]);
        Some(root)
    };
    Kind { repository, ..ORDINARY }
}

pub(super) fn submodule() -> Kind {
    let repository = |sandbox: &Sandbox| {
        let from = made(sandbox, "from", &[]);
        let outside = made(sandbox, "outside", &[]);
        sandbox.git(&outside, ["submodule", "--quiet", "add", from.to_str().unwrap(), "shop"]);
        commit(sandbox, &outside);
        let root = outside.join("shop");
        sandbox.git(&root, ["remote", "remove", "origin"]);
        Some(root)
    };
    Kind { repository, ..ORDINARY }
}
