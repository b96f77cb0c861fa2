use super::*;
use crate::git::programs::{self, Program};
use crate::git::testing::{self, Scratch};

async fn look(scratch: &Scratch) -> Worktrees {
    worktrees(&scratch.open().await, &[], true).await.unwrap()
}

fn item<'a>(found: &'a Worktrees, name: &str) -> &'a WorktreeView {
    let of = |view: &&WorktreeView| Path::new(&view.folder).file_name().unwrap() == name;
    found.items.iter().find(of).unwrap()
}

async fn names_programs(repository: &Repository) -> bool {
    programs::of(repository).await.unwrap().iter().any(Program::touches_files)
}

/// A worktree beside the repository on a new branch of its name, with these commits: file and content.
async fn work(scratch: &Scratch, name: &str, commits: &[(&str, &str)]) -> std::path::PathBuf {
    let folder = scratch.path().with_file_name(name);
    scratch.run(&["worktree", "add", "-q", "-b", name, folder.to_str().unwrap()]).await;
    for (file, content) in commits {
        testing::write(&folder, file, content);
        testing::run(&scratch.git, &folder, &["add", "-A"]).await;
        testing::run(&scratch.git, &folder, &["commit", "-q", "-m", file]).await;
    }
    folder
}

#[tokio::test]
async fn who_made_each_and_what_it_holds() {
    let scratch = testing::repository().await;
    let dirty = work(&scratch, "dirty", &[("a.txt", "a\n")]).await;
    testing::write(&dirty, "readme.md", "changed\n");
    testing::write(&dirty, "new/한글 \"q\".txt", "n\n");
    testing::write(&dirty, "new/b.txt", "n\n");
    let session = testing::session(7);
    let reason = format!("bosk:{session}");
    scratch.run(&["worktree", "add", "-q", "--lock", "--reason", &reason, "../own"]).await;
    work(&scratch, "gone", &[]).await;
    std::fs::remove_dir_all(scratch.path().with_file_name("gone")).unwrap();
    work(&scratch, "damaged", &[]).await;
    std::fs::write(scratch.path().with_file_name("damaged").join(".git"), "no").unwrap();
    scratch.run(&["worktree", "add", "-q", "--detach", "../apart"]).await;
    scratch.run(&["worktree", "lock", "--reason", "mine", "../apart"]).await;
    scratch.run(&["branch", "free"]).await;
    scratch.write("later.txt", "l\n");
    scratch.commit("later").await;

    let found = look(&scratch).await;
    assert_eq!((found.name.as_str(), &found.branches[..]), ("repo", &["free".to_owned()][..]));
    let main = &found.items[0];
    assert_eq!((main.origin, main.base.as_deref(), main.merged), (Origin::Main, None, None));
    let one = item(&found, "dirty");
    assert_eq!((one.origin, one.branch.as_deref()), (Origin::Other, Some("dirty")));
    assert_eq!((one.base.as_deref(), one.ahead, one.behind), (Some("main"), 1, 1));
    assert_eq!((one.modified, one.untracked, one.conflicted), (1, 2, 0));
    assert_eq!((one.unpushed, one.merged, one.missing), (None, None, false));
    assert!(one.committed_at.is_some() && one.made_at.is_some());
    assert_eq!((item(&found, "own").origin, &item(&found, "own").locked), (Origin::Bosk, &None));
    assert!(item(&found, "gone").missing);
    let damaged = item(&found, "damaged");
    assert!(damaged.problem.is_some(), "{damaged:?}");
    assert_eq!(damaged.behind, 1, "what the repository knows of it is told");
    let apart = item(&found, "apart");
    assert_eq!((apart.branch.as_deref(), apart.locked.as_deref()), (None, Some("mine")));
    assert!(found.items.iter().filter(|view| view.problem.is_some()).count() == 1, "{found:?}");
}

#[tokio::test]
async fn what_is_in_the_base_is_told_however_it_got_there() {
    let scratch = testing::repository().await;
    let two = [("x.txt", "1\n"), ("y.txt", "2\n")];
    work(&scratch, "whole", &[("w.txt", "w\n")]).await;
    work(&scratch, "squashed", &two).await;
    work(&scratch, "rebased", &[("r.txt", "1\n"), ("s.txt", "2\n")]).await;
    work(&scratch, "half", &[("h.txt", "1\n"), ("i.txt", "2\n")]).await;
    work(&scratch, "open", &[("o.txt", "o\n")]).await;
    work(&scratch, "new", &[]).await;
    work(&scratch, "binary", &[("b.bin", "\0one")]).await;
    scratch.run(&["merge", "-q", "--no-ff", "-m", "merge", "whole"]).await;
    scratch.run(&["merge", "-q", "--squash", "squashed"]).await;
    scratch.commit("all of it").await;
    scratch.run(&["cherry-pick", "rebased~1"]).await;
    scratch.write("between.txt", "b\n");
    scratch.commit("between").await;
    scratch.run(&["cherry-pick", "rebased", "half~1"]).await;
    // The same name and no more.
    scratch.write("b.bin", "\0two");
    scratch.commit("another one").await;

    for _ in 0..2 {
        let found = look(&scratch).await;
        let merged = |name: &str| item(&found, name).merged;
        assert_eq!(merged("whole"), Some(MergedAs::Commits));
        assert_eq!(merged("squashed"), Some(MergedAs::Squash));
        assert_eq!(merged("rebased"), Some(MergedAs::Rebase));
        for name in ["half", "open", "new", "binary"] {
            assert_eq!(merged(name), None, "{name}");
        }
    }
    // What is done on top of what was merged is not.
    let folder = scratch.path().with_file_name("squashed");
    testing::write(&folder, "z.txt", "3\n");
    testing::run(&scratch.git, &folder, &["add", "-A"]).await;
    testing::run(&scratch.git, &folder, &["commit", "-q", "-m", "more"]).await;
    assert_eq!(item(&look(&scratch).await, "squashed").merged, None);
}

/// Merged in pieces: no commit of the base has all of them, and not each has one.
#[tokio::test]
async fn what_merging_would_add_nothing_of_is_merged_also_where_no_patch_is_the_same() {
    let scratch = testing::repository().await;
    work(&scratch, "pieces", &[("p.txt", "p\n"), ("q.txt", "q\n"), ("r.txt", "r\n")]).await;
    work(&scratch, "undone", &[("u.txt", "u\n")]).await;
    let undone = scratch.path().with_file_name("undone");
    testing::run(&scratch.git, &undone, &["revert", "--no-edit", "HEAD"]).await;
    scratch.write("p.txt", "p\n");
    scratch.write("q.txt", "q\n");
    scratch.commit("two of three").await;
    assert_eq!(item(&look(&scratch).await, "pieces").merged, None);
    scratch.write("r.txt", "r\n");
    scratch.commit("the third").await;
    let repository = scratch.open().await;
    for (name, wanted) in [("pieces", Some(MergedAs::Squash)), ("undone", None)] {
        let view = item(&look(&scratch).await, name).clone();
        assert_eq!(view.merged, wanted, "{name}");
        let head = view.head.unwrap();
        let alone = is_merged(&repository, &head, Some(name), None).await.unwrap();
        assert_eq!(alone, wanted, "{name}");
    }
    // In a base of its own, and in nothing else.
    scratch.run(&["branch", "develop", "pieces"]).await;
    work(&scratch, "further", &[("f.txt", "f\n")]).await;
    scratch.run(&["branch", "-f", "develop", "further"]).await;
    let head = scratch.run(&["rev-parse", "further"]).await;
    let ask = |base| is_merged(&repository, &head, Some("further"), base);
    assert_eq!(ask(None).await.unwrap(), None);
    assert_eq!(ask(Some("develop")).await.unwrap(), Some(MergedAs::Commits));
}

#[cfg(unix)]
#[tokio::test]
async fn no_merge_driver_that_a_strange_repository_names_is_run_by_looking() {
    let scratch = testing::repository().await;
    scratch.write(".gitattributes", "* merge=evil\n");
    scratch.commit("attributes").await;
    work(&scratch, "both", &[("readme.md", "theirs\n")]).await;
    scratch.write("readme.md", "ours\n");
    scratch.commit("ours").await;
    let mark = scratch.path().with_file_name("mark");
    let run = format!("touch '{}'", mark.display());
    scratch.run(&["config", "merge.evil.driver", &run]).await;
    let repository = scratch.open().await;
    assert!(names_programs(&repository).await);
    worktrees(&repository, &[], false).await.unwrap();
    assert!(!mark.exists());
    worktrees(&repository, &[], true).await.unwrap();
    assert!(mark.exists(), "agreed to, it would");
}

#[tokio::test]
async fn what_was_undone_before_both_parted_is_not_taken_for_merged() {
    let scratch = testing::repository().await;
    scratch.write("x.txt", "1\n");
    let first = scratch.commit("once").await;
    scratch.run(&["revert", "--no-edit", &first]).await;
    work(&scratch, "again", &[("x.txt", "1\n")]).await;
    scratch.write("other.txt", "o\n");
    scratch.commit("other").await;
    assert_eq!(item(&look(&scratch).await, "again").merged, None);
}

#[tokio::test]
async fn the_remote_tells_what_is_pushed_and_merged_there() {
    let scratch = testing::repository().await;
    let remote = scratch.path().with_file_name("remote.git");
    scratch.run(&["init", "-q", "--bare", remote.to_str().unwrap()]).await;
    scratch.run(&["remote", "add", "origin", remote.to_str().unwrap()]).await;
    scratch.run(&["push", "-q", "origin", "main"]).await;
    work(&scratch, "pushed", &[("p.txt", "1\n"), ("q.txt", "2\n")]).await;
    scratch.run(&["push", "-q", "origin", "pushed"]).await;
    let folder = work(&scratch, "local", &[("l.txt", "1\n"), ("m.txt", "2\n")]).await;
    testing::run(&scratch.git, &folder, &["merge", "-q", "-m", "m", "pushed"]).await;
    // On the remote alone, as a pull request is.
    scratch.run(&["checkout", "-q", "--detach"]).await;
    scratch.run(&["merge", "-q", "--squash", "pushed"]).await;
    let squashed = scratch.commit("pull request").await;
    scratch.run(&["checkout", "-q", "main"]).await;
    scratch.run(&["push", "-q", "origin", &format!("{squashed}:main")]).await;
    scratch.run(&["fetch", "-q"]).await;

    let found = look(&scratch).await;
    assert_eq!(item(&found, "pushed").unpushed, Some(0));
    assert_eq!(item(&found, "local").unpushed, Some(3));
    assert_eq!(item(&found, "pushed").merged, Some(MergedAs::Squash));
    assert_eq!(item(&found, "local").merged, None);
    assert_eq!(found.items[0].base.as_deref(), Some("origin/main"));
    assert_eq!(found.items[0].behind, 1);
}

#[tokio::test]
async fn repositories_that_the_library_cannot_open_are_told_the_same() {
    for option in ["--object-format=sha256", "--ref-format=reftable"] {
        let (git, folder) = testing::git().await;
        let root = folder.path().join("repo");
        std::fs::create_dir(&root).unwrap();
        let run = async |folder: &Path, arguments: &[&str]| {
            testing::run(&git, folder, arguments).await;
        };
        run(&root, &["init", "-q", "-b", "main", option]).await;
        run(&root, &["commit", "-q", "--allow-empty", "-m", "first"]).await;
        run(&root, &["worktree", "add", "-q", "-b", "work", "../work"]).await;
        let work = folder.path().join("work");
        for file in ["a", "b"] {
            testing::write(&work, file, file);
            run(&work, &["add", "-A"]).await;
            run(&work, &["commit", "-q", "-m", file]).await;
        }
        run(&root, &["merge", "-q", "--squash", "work"]).await;
        run(&root, &["commit", "-q", "-m", "both"]).await;
        let repository = Repository::open(git.clone(), &root).await.unwrap();
        let found = worktrees(&repository, &[], true).await.unwrap();
        let view = &found.items[1];
        assert_eq!((view.ahead, view.behind), (2, 1), "{option}");
        assert_eq!(view.merged, Some(MergedAs::Squash), "{option}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn no_program_that_a_strange_repository_names_is_run() {
    let scratch = testing::repository().await;
    let mark = scratch.path().with_file_name("mark");
    assert!(!names_programs(&scratch.open().await).await);
    scratch.write(".gitattributes", "* filter=evil\n");
    scratch.commit("attributes").await;
    let run = format!("touch '{}'; cat", mark.display());
    scratch.run(&["config", "filter.evil.clean", &run]).await;
    scratch.write("readme.md", "other\n");
    let repository = scratch.open().await;
    assert!(names_programs(&repository).await);
    let found = worktrees(&repository, &[], false).await.unwrap();
    assert!(found.items[0].problem.is_some());
    assert!(!mark.exists());
}

/// Prints how long a large repository takes: for people, not for the suite.
#[tokio::test]
#[ignore = "makes 200 worktrees and 5,000 branches"]
async fn large() {
    let scratch = testing::repository().await;
    let mut refs = String::new();
    let head = scratch.run(&["rev-parse", "HEAD"]).await;
    for number in 0..5000 {
        refs.push_str(&format!("create refs/heads/old/{number} {head}\n"));
        refs.push_str(&format!("create refs/remotes/origin/old/{number} {head}\n"));
    }
    let call = scratch.git.change(scratch.path()).args(["update-ref", "--stdin"]);
    call.input(refs.into_bytes()).run().await.unwrap();
    scratch.run(&["remote", "add", "origin", "../nowhere"]).await;
    scratch.run(&["pack-refs", "--all"]).await;
    for number in 0..200 {
        let (a, b) = (format!("a{number}.txt"), format!("b{number}.txt"));
        work(&scratch, &format!("w{number}"), &[(&a, "a\n"), (&b, "b\n")]).await;
    }
    for number in 0..300 {
        if number % 3 == 0 && number < 200 {
            scratch.run(&["merge", "-q", "--squash", &format!("w{number}")]).await;
            scratch.commit("squashed").await;
        }
        scratch.write("count.txt", &number.to_string());
        scratch.commit("base").await;
    }
    for _ in 0..3 {
        let begun = std::time::Instant::now();
        let found = look(&scratch).await;
        let merged = found.items.iter().filter(|view| view.merged.is_some()).count();
        println!("{} worktrees, {merged} merged: {:?}", found.items.len(), begun.elapsed());
    }
}
