//! A merge whose process is killed between its steps: whoever looks next finds it, and both sides are whole.

use std::path::Path;

use bosk_tests::{Sandbox, spec};

use crate::bosk;
use crate::merging::commit_in;

/// Puts a git in front of the real one that kills whoever calls it for the first time with such arguments, and then goes
/// on or does not.
fn deadly_git(sandbox: &mut Sandbox, arguments: &str, goes_on: bool) {
    let path = sandbox.value("PATH");
    let all = || std::env::split_paths(&path);
    let real = all().map(|folder| folder.join("git")).find(|file| file.is_file()).unwrap();
    let (bin, mark) = (sandbox.path("deadly"), sandbox.path("killed"));
    let then = if goes_on { "" } else { "exit 1" };
    let body = format!(
        "case \"$*\" in {arguments}) if [ ! -e {mark} ]; then touch {mark}; kill -9 $PPID; {then}\nfi;; esac\nexec {real} \"$@\"",
        mark = mark.display(),
        real = real.display()
    );
    // Another process writes it: one that this one had open could not be started.
    let write =
        r#"mkdir -p "$1" && printf '#!/bin/sh\n%b\n' "$2" > "$1/git" && chmod 755 "$1/git""#;
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", write, "sh"]).arg(&bin).arg(body);
    assert!(shell.status().unwrap().success());
    let all = std::iter::once(bin).chain(all());
    sandbox.set("PATH", std::env::join_paths(all).unwrap());
}

#[tokio::test]
async fn whoever_looks_next_finds_both_sides_whole() {
    for (arguments, goes_on) in [
        ("*update-ref*refs/heads/main*", false),
        ("*update-ref*refs/heads/main*", true),
        ("*read-tree*-m*-u*", false),
        ("*read-tree*-m*-u*", true),
    ] {
        let mut sandbox = Sandbox::new();
        let main = sandbox.repository("shop");
        let (id, folder) = {
            let session = sandbox.launch(&spec(&main, "Work")).await.unwrap();
            let folder = session.follow().await.idle().await.summary.folder.clone();
            session.stop().await;
            (session.id.short().to_owned(), folder)
        };
        let head = commit_in(&sandbox, Path::new(&folder), "readme.md", "hello again\n");
        let before = sandbox.git(&main, ["rev-parse", "main"]);
        std::fs::write(main.join("mine.txt"), "not committed\n").unwrap();
        deadly_git(&mut sandbox, arguments, goes_on);
        let (code, ..) = bosk(&sandbox, &["merge", &id]).await;
        assert_eq!(code, -1, "{arguments}: it was killed");

        let (code, _, said) = bosk(&sandbox, &["merge", &id, "--show"]).await;
        let at = sandbox.git(&main, ["rev-parse", "main"]);
        let readme = std::fs::read_to_string(main.join("readme.md")).unwrap();
        assert_eq!(sandbox.git(&main, ["status", "--porcelain"]), "?? mine.txt", "{arguments}");
        if at == head {
            // The branch had moved: nothing is left to merge.
            assert_eq!((code, readme.as_str()), (2, "hello again\n"), "{said}");
            continue;
        }
        assert_eq!((code, at, readme.as_str()), (0, before, "hello\n"), "{said}");
        let (code, _, said) = bosk(&sandbox, &["merge", &id]).await;
        assert_eq!(code, 0, "{said}");
        assert_eq!(sandbox.git(&main, ["rev-parse", "main"]), head);
        assert_eq!(sandbox.git(&main, ["status", "--porcelain"]), "?? mine.txt");
    }
}
