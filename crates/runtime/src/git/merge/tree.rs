//! What a merge, a squash or a rebase would come to: worked out in the object database, so that no branch, index or file
//! is touched. Not here: moving a branch to it ([`super::advance`]).

use std::path::Path;

use bosk_core::review::merge::MergeHow;
use bosk_core::review::path::to_text;
use bosk_core::{Problem, ProblemCode};

use super::built::{Author, Built, Signing, build as build_commit, require_identity};
use crate::git::{Git, GitError, snapshot};

/// The most commits that are rebased at once: each is some processes of git.
const MOST: usize = 500;

/// What it would come to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Foreseen {
    /// The tree; git's marks are in it where there are conflicts.
    pub tree: String,
    /// Files in conflict, in order; of the first commit that meets any, where commits go one by one.
    pub conflicts: Vec<String>,
    /// The commit, where one that exists already is all there is to it.
    forward: Option<String>,
    /// The commits to be made anew, the oldest first.
    steps: Vec<Step>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Step {
    tree: String,
    message: String,
    author: Author,
}

/// Works it out. Both are full ids.
///
/// # Errors
/// There is nothing to be merged, they have no commit in common, or git failed.
pub async fn foresee(
    git: &Git,
    folder: &Path,
    how: MergeHow,
    target: &str,
    head: &str,
) -> Result<Foreseen, Problem> {
    let look = |args: [&'static str; 2]| git.look(folder).args(args);
    let base = look(["merge-base", "--end-of-options"]).args([target, head]).ask().await?.text();
    if base.is_empty() {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "The two branches have no commit in common, so one cannot be brought into the other.",
        ));
    }
    if base == head {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "The branch has no commit that the other does not have, so there is nothing to merge.",
        )
        .hint("Commit what the session has changed first."));
    }
    if base == target
        && how != MergeHow::Squash
        && is_forward(git, folder, how, &base, head).await?
    {
        let tree = tree_of(git, folder, head).await?;
        return Ok(Foreseen { tree, forward: Some(head.to_owned()), ..Foreseen::default() });
    }
    match how {
        MergeHow::Merge | MergeHow::Squash => {
            let (tree, conflicts) = merged(git, folder, target, head).await?;
            Ok(Foreseen { tree, conflicts, ..Foreseen::default() })
        }
        MergeHow::Rebase => rebased(git, folder, target, head).await,
    }
}

/// Builds the commit, under the person's name; a rebased one keeps its author.
///
/// # Errors
/// There are conflicts, nobody is named, it cannot be signed, or git failed.
pub(crate) async fn build(
    git: &Git,
    folder: &Path,
    how: MergeHow,
    (target, head): (&str, &str),
    message: &str,
    foreseen: &Foreseen,
    sign: Option<Signing>,
) -> Result<String, Problem> {
    if !foreseen.conflicts.is_empty() {
        return Err(conflicting(&foreseen.conflicts));
    }
    if let Some(forward) = &foreseen.forward {
        return Ok(forward.clone());
    }
    require_identity(git, folder).await?;
    let parents = match how {
        MergeHow::Merge => vec![target.to_owned(), head.to_owned()],
        MergeHow::Squash => vec![target.to_owned()],
        MergeHow::Rebase => {
            let mut onto = target.to_owned();
            for Step { tree, message, author } in &foreseen.steps {
                let parents = [onto];
                let new = Built { tree, parents: &parents, message, author: Some(author) };
                onto = build_commit(git, folder, &new, sign).await?;
            }
            return Ok(onto);
        }
    };
    if message.trim().is_empty() {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "The commit has no message, so nothing was merged.",
        )
        .hint("Say in a line what it brings."));
    }
    let new = Built { tree: &foreseen.tree, parents: &parents, message, author: None };
    build_commit(git, folder, &new, sign).await
}

fn conflicting(files: &[String]) -> Problem {
    let named: Vec<&str> = files.iter().take(5).map(String::as_str).collect();
    let more = if files.len() > named.len() { ", …" } else { "" };
    Problem::new(
        ProblemCode::SessionState,
        format!(
            "Both branches change the same lines in {}{more}, so nothing was merged.",
            named.join(", ")
        ),
    )
    .hint("Update the session's branch, resolve the conflicts there, then merge.")
}

/// Whether the branch's own commits stand on the target as they are to stand.
async fn is_forward(
    git: &Git,
    folder: &Path,
    how: MergeHow,
    base: &str,
    head: &str,
) -> Result<bool, Problem> {
    if how != MergeHow::Rebase {
        return Ok(true);
    }
    let merges = git.look(folder).args(["rev-list", "--merges", "--max-count=1"]);
    let merges = merges.args(["--end-of-options", &format!("{base}..{head}")]).run().await?;
    Ok(merges.stdout.is_empty())
}

/// The tree of a commit.
pub(crate) async fn tree_of(git: &Git, folder: &Path, commit: &str) -> Result<String, Problem> {
    let call = git.look(folder).args(["rev-parse", "--verify", "--end-of-options"]);
    Ok(call.arg(format!("{commit}^{{tree}}")).run().await?.text())
}

/// The tree of both together, and the files in conflict.
async fn merged(
    git: &Git,
    folder: &Path,
    ours: &str,
    theirs: &str,
) -> Result<(String, Vec<String>), Problem> {
    let call = git.change(folder).args(["merge-tree", "--write-tree", "-z", "--name-only"]);
    let output = call.args(["--no-messages", "--end-of-options", ours, theirs]).ask().await?;
    // Source of the format: git-merge-tree(1), "OUTPUT".
    let mut fields = output.fields().map(to_text);
    let tree = fields.next().ok_or(GitError::Unexpected { command: "merge-tree".into() })?;
    let mut conflicts: Vec<String> = fields.filter(|path| !path.is_empty()).collect();
    conflicts.sort();
    conflicts.dedup();
    if output.code == Some(1) && conflicts.is_empty() {
        return Err(GitError::Unexpected { command: "merge-tree".into() }.into());
    }
    Ok((tree, conflicts))
}

/// The branch's own commits in turn, each on what came of the one before. Merges among them fall away, and so does what
/// the target has by other commits, as with git-rebase(1).
async fn rebased(git: &Git, folder: &Path, target: &str, head: &str) -> Result<Foreseen, Problem> {
    let format = "--format=%H%x00%P%x00%T%x00%an%x00%ae%x00%ad%x00%B";
    let call = git.look(folder).args(["log", "-z", "--date=raw", format, "--reverse"]);
    let call = call.args(["--topo-order", "--no-merges", "--cherry-pick", "--right-only"]);
    let call = call.args(["--end-of-options", &format!("{target}...{head}"), "--"]);
    let listed = call.run().await?;
    let fields: Vec<String> = listed
        .stdout
        .strip_suffix(b"\0")
        .unwrap_or(&listed.stdout)
        .split(|byte| *byte == 0)
        .map(|field| String::from_utf8_lossy(field).into_owned())
        .collect();
    if fields.len() / 7 > MOST {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            format!("The branch has more than {MOST} commits of its own, which is too many to rebase here."),
        )
        .hint("Merge it, or rebase it in a terminal."));
    }
    let mut foreseen =
        Foreseen { tree: tree_of(git, folder, target).await?, ..Foreseen::default() };
    for commit in fields.chunks_exact(7) {
        let [id, parent, own_tree, name, email, date, message] = commit else { continue };
        if parent.is_empty() {
            return Err(Problem::new(
                ProblemCode::InvalidInput,
                "The branch holds a history of its own, which cannot be rebased here.",
            )
            .hint("Merge it instead."));
        }
        // A commit of the tree so far whose parent is this one's: so that is what both are compared with. (Naming a
        // merge base needs a newer git than Bosk does.)
        let onto =
            git.change(folder).args(["commit-tree", &foreseen.tree, "-m", "onto", "-p", parent]);
        let onto = snapshot::signed(onto, "@0 +0000").run().await?.text();
        let (tree, conflicts) = merged(git, folder, &onto, id).await?;
        if !conflicts.is_empty() {
            return Ok(Foreseen { tree, conflicts, ..Foreseen::default() });
        }
        let was_empty = *own_tree == tree_of(git, folder, parent).await?;
        if tree != foreseen.tree || was_empty {
            let author = Author::new(name, email, date);
            foreseen.steps.push(Step { tree: tree.clone(), message: message.clone(), author });
        }
        foreseen.tree = tree;
    }
    if foreseen.steps.is_empty() {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "The other branch has all of this one's changes already, so there is nothing to rebase.",
        ));
    }
    Ok(foreseen)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing::{self, Scratch};

    /// `main` and `work` have each gone on from one commit; returns both ids.
    async fn diverged(scratch: &Scratch, conflict: bool) -> (String, String) {
        scratch.write("shared.txt", "1\n2\n3\n4\n5\n6\n7\n8\n9\n");
        scratch.commit("start").await;
        scratch.run(&["checkout", "-q", "-b", "work"]).await;
        scratch.write("work.txt", "w\n");
        scratch.commit("work: one").await;
        scratch.write("shared.txt", "1\n2\n3\n4\n5\n6\n7\n8\nnine\n");
        scratch
            .git
            .change(scratch.path())
            .args(["commit", "-qam", "work: two\n\n# body"])
            .env("GIT_AUTHOR_NAME", "Ann")
            .env("GIT_AUTHOR_DATE", "@1700000000 +0130")
            .run()
            .await
            .unwrap();
        let head = scratch.run(&["rev-parse", "HEAD"]).await;
        scratch.run(&["checkout", "-q", "main"]).await;
        let end = if conflict { "NINE" } else { "9" };
        scratch.write("shared.txt", &format!("one\n2\n3\n4\n5\n6\n7\n8\n{end}\n"));
        (scratch.commit("main goes on").await, head)
    }

    async fn built(scratch: &Scratch, how: MergeHow, target: &str, head: &str) -> String {
        let (git, root) = (&scratch.git, scratch.path());
        let foreseen = foresee(git, root, how, target, head).await.unwrap();
        build(git, root, how, (target, head), "Bring it", &foreseen, None).await.unwrap()
    }

    #[tokio::test]
    async fn each_way_brings_the_same_files_by_other_commits() {
        let scratch = testing::repository().await;
        let (target, head) = diverged(&scratch, false).await;
        let before = scratch.run(&["for-each-ref"]).await;
        let mut trees = Vec::new();
        for (how, parents) in
            [(MergeHow::Merge, format!("{target} {head}")), (MergeHow::Squash, target.clone())]
        {
            let commit = built(&scratch, how, &target, &head).await;
            assert_eq!(scratch.run(&["log", "-1", "--format=%P", &commit]).await, parents);
            assert_eq!(
                scratch.run(&["log", "-1", "--format=%B|%an", &commit]).await,
                "Bring it\n|Tester"
            );
            trees.push(tree_of(&scratch.git, scratch.path(), &commit).await.unwrap());
        }
        let commit = built(&scratch, MergeHow::Rebase, &target, &head).await;
        trees.push(tree_of(&scratch.git, scratch.path(), &commit).await.unwrap());
        let told = scratch
            .run(&[
                "log",
                "--reverse",
                "--format=%an %ad %s %b",
                "--date=raw",
                &format!("{target}..{commit}"),
            ])
            .await;
        let lines: Vec<&str> = told.lines().collect();
        assert!(lines[0].starts_with("Tester") && lines[0].contains("work: one"), "{told}");
        assert_eq!(lines[1], "Ann 1700000000 +0130 work: two # body");
        assert!(trees.iter().all(|tree| *tree == trees[0]));
        // As git itself does it.
        scratch.run(&["checkout", "-q", "--detach", &head]).await;
        scratch.run(&["rebase", "-q", &target]).await;
        assert_eq!(tree_of(&scratch.git, scratch.path(), "HEAD").await.unwrap(), trees[0]);
        scratch.run(&["checkout", "-q", "main"]).await;
        assert_eq!(scratch.run(&["for-each-ref"]).await, before);
        assert_eq!(scratch.run(&["status", "--porcelain"]).await, "");
    }

    #[tokio::test]
    async fn conflicts_are_foreseen_and_nothing_is_built() {
        let scratch = testing::repository().await;
        let (target, head) = diverged(&scratch, true).await;
        for how in [MergeHow::Merge, MergeHow::Squash, MergeHow::Rebase] {
            let foreseen =
                foresee(&scratch.git, scratch.path(), how, &target, &head).await.unwrap();
            assert_eq!(foreseen.conflicts, ["shared.txt"], "{how:?}");
            let refused =
                build(&scratch.git, scratch.path(), how, (&target, &head), "x", &foreseen, None);
            assert!(refused.await.unwrap_err().message.contains("shared.txt"));
        }
        assert_eq!(scratch.run(&["status", "--porcelain"]).await, "");
    }

    #[tokio::test]
    async fn what_needs_no_new_commit_gets_none() {
        let scratch = testing::repository().await;
        let target = scratch.commit("target").await;
        scratch.run(&["checkout", "-q", "-b", "work"]).await;
        scratch.write("a", "a\n");
        let head = scratch.commit("one").await;
        assert_eq!(built(&scratch, MergeHow::Merge, &target, &head).await, head);
        assert_eq!(built(&scratch, MergeHow::Rebase, &target, &head).await, head);
        assert_ne!(built(&scratch, MergeHow::Squash, &target, &head).await, head);
        let nothing = foresee(&scratch.git, scratch.path(), MergeHow::Merge, &head, &target).await;
        assert_eq!(nothing.unwrap_err().code, ProblemCode::InvalidInput);
        // The target has the same change by a commit of its own.
        scratch.run(&["checkout", "-q", "-B", "main", &target]).await;
        scratch.write("a", "a\n");
        let picked = scratch.commit("the same").await;
        let nothing = foresee(&scratch.git, scratch.path(), MergeHow::Rebase, &picked, &head).await;
        assert!(nothing.unwrap_err().message.contains("already"));
        scratch.run(&["checkout", "-q", "--orphan", "alone"]).await;
        let alone = scratch.commit("alone").await;
        for how in [MergeHow::Merge, MergeHow::Rebase] {
            let stranger = foresee(&scratch.git, scratch.path(), how, &target, &alone).await;
            assert!(stranger.unwrap_err().message.contains("in common"));
        }
    }
}
