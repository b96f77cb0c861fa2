//! Working where something is already: on a branch that is there, or in a worktree that is there. Not here: making a
//! branch and its worktree ([`super`]).

use std::path::{Component, Path};

use bosk_core::{Problem, ProblemCode};

use super::{Plan, check_name, free_folder};
use crate::git::listing::{self, Listed};
use crate::git::{Repository, read, worktrees};

/// Plans a worktree for a branch that is there. What its session changes is counted from where it left `base`, or the
/// repository's main branch.
///
/// # Errors
/// There is no such branch, it is checked out elsewhere, or the base is unknown.
pub(super) async fn plan(
    repository: &Repository,
    worktrees: &Path,
    base: Option<&str>,
    branch: Option<&str>,
) -> Result<Plan, Problem> {
    let Some(branch) = branch else {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "Which branch is to be checked out was not said, so nothing was started.",
        )
        .hint("Name the branch."));
    };
    check_name(repository, branch).await?;
    let Some(tip) = read::tip(repository, branch).await? else {
        return Err(Problem::new(
            ProblemCode::BaseUnknown,
            format!("The repository has no branch \"{branch}\", so it cannot be checked out."),
        )
        .hint("Have it made instead, or fetch it first."));
    };
    check_not_checked_out(repository, branch).await?;
    let (base_name, base) = match base {
        Some(text) => (text.to_owned(), Some(repository.resolve_base(text).await?)),
        None => match worktrees::default_base(repository).await? {
            Some(name) if name != branch => {
                let commit = repository.resolve_base(&name).await?;
                (name, Some(commit))
            }
            _ => (branch.to_owned(), None),
        },
    };
    let parted = match base {
        Some(base) => {
            let call = repository.git.look(&repository.root).args(["merge-base", &base, &tip]);
            call.answer_or_nothing().await?
        }
        None => String::new(),
    };
    Ok(Plan {
        folder: free_folder(worktrees, &repository.name(), branch),
        branch: branch.to_owned(),
        explicit: true,
        existing: true,
        base_name,
        base_commit: if parted.is_empty() { tip.clone() } else { parted },
        start: tip,
        worktrees: worktrees.to_owned(),
    })
}

/// A branch can be checked out in one place.
pub(super) async fn check_not_checked_out(
    repository: &Repository,
    branch: &str,
) -> Result<(), Problem> {
    let listed = listing::list(&repository.git, &repository.root).await?;
    match listed.iter().find(|one| one.branch_name() == Some(branch)) {
        None => Ok(()),
        Some(user) => Err(Problem::new(
            ProblemCode::BranchCheckedOut,
            format!("The branch \"{branch}\" is checked out in {}.", user.folder.display()),
        )
        .hint("Work in that folder, or choose another branch; this one can still be the base.")),
    }
}

/// The worktree at this folder, where Bosk may have a session work: the repository itself, one that Bosk made, or one
/// that was adopted.
///
/// # Errors
/// It is none of these, or gone.
pub async fn to_work_in(repository: &Repository, folder: &Path) -> Result<Listed, Problem> {
    let listed = listing::list(&repository.git, &repository.root).await?;
    let refused = |text: String, hint: &str| {
        Err(Problem::new(ProblemCode::InvalidInput, text + " Nothing was started.").hint(hint))
    };
    let shown = folder.display();
    let Some(found) = listing::at(&listed, folder).filter(|one| !one.bare) else {
        let text = format!("{shown} is not the folder of a worktree of this repository.");
        return refused(text, "Choose one of those that are listed.");
    };
    if !found.folder.is_dir() {
        return refused(format!("The folder {shown} is gone."), "Restore it, or choose another.");
    }
    if found.folder != repository.root && !found.is_ours() {
        let text = format!("{shown} is a worktree that somebody else made.");
        return refused(text, "Adopt it first.");
    }
    Ok(found.clone())
}

/// The repository as it is seen from one of its worktrees: its HEAD is that one's.
#[must_use]
pub fn seen_from(repository: &Repository, folder: &Path) -> Repository {
    Repository { root: folder.to_owned(), ..repository.clone() }
}

/// Refuses what is no plain path to a folder below a worktree's root, or would hide what the repository brings.
///
/// # Errors
/// It leads out, or names a folder of git's or of settings.
fn check_subfolder(path: &str) -> Result<(), Problem> {
    let plain = |part: Component<'_>| match part {
        Component::Normal(name) => {
            !name.eq_ignore_ascii_case(".git") && !name.eq_ignore_ascii_case(".claude")
        }
        _ => false,
    };
    let parts = Path::new(path).components();
    // As written: `a//b` and `a/` are other words for the same, and `a\b` is one name or two.
    let whole = parts.clone().map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>();
    if whole.join("/") == path
        && !path.is_empty()
        && !path.contains('\0')
        && parts.clone().all(plain)
    {
        return Ok(());
    }
    let shown: String = path.chars().take(200).collect();
    Err(Problem::new(
        ProblemCode::InvalidInput,
        format!("\"{shown}\" is no path to a folder below the repository's root, so nothing was started."),
    )
    .hint("Give it from the root, with `/` and without `..`: packages/web."))
}

/// Refuses a subfolder that the commit does not have: a link is none.
///
/// # Errors
/// It has none, or git failed.
pub async fn check_subfolder_of(
    repository: &Repository,
    commit: &str,
    path: &str,
) -> Result<(), Problem> {
    check_subfolder(path)?;
    let call = repository.git.look(&repository.root).args(["cat-file", "-t"]);
    match call.arg(format!("{commit}:{path}")).answer_or_nothing().await?.as_str() {
        "tree" => Ok(()),
        _ => Err(no_subfolder(path)),
    }
}

/// The subfolder of a worktree as it is now: no link on the way, so it cannot lead out.
///
/// # Errors
/// It is not there.
pub fn subfolder_in(folder: &Path, path: &str) -> Result<std::path::PathBuf, Problem> {
    check_subfolder(path)?;
    let mut at = folder.to_owned();
    for part in Path::new(path).components() {
        at.push(part);
        // Of the entry itself, not of what a link leads to.
        if !at.symlink_metadata().is_ok_and(|one| one.is_dir()) {
            return Err(no_subfolder(path));
        }
    }
    Ok(at)
}

fn no_subfolder(path: &str) -> Problem {
    Problem::new(
        ProblemCode::InvalidInput,
        format!("There is no folder \"{path}\" there, so Claude cannot work in it."),
    )
    .hint("Choose one that is in the commit that the session starts from; a link does not count.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing;
    use crate::git::worktree::add;

    async fn plan_of(
        repository: &Repository,
        scratch: &testing::Scratch,
        branch: &str,
    ) -> Result<Plan, Problem> {
        plan(repository, &scratch.worktrees(), None, Some(branch)).await
    }

    #[tokio::test]
    async fn a_branch_that_is_there_is_checked_out_and_never_moved() {
        let scratch = testing::repository().await;
        let parted = scratch.run(&["rev-parse", "HEAD"]).await;
        scratch.run(&["checkout", "-q", "-b", "fix/login"]).await;
        scratch.write("a.txt", "a\n");
        let tip = scratch.commit("own").await;
        let repository = scratch.open().await;
        let refused = plan_of(&repository, &scratch, "fix/login").await.unwrap_err();
        assert_eq!(refused.code, ProblemCode::BranchCheckedOut);
        assert!(refused.message.contains(scratch.path().to_str().unwrap()), "{refused:?}");
        scratch.run(&["checkout", "-q", "main"]).await;
        scratch.write("m.txt", "m\n");
        scratch.commit("main goes on").await;

        let planned = plan_of(&repository, &scratch, "fix/login").await.unwrap();
        assert_eq!((&planned.start, &planned.base_commit), (&tip, &parted));
        assert_eq!((planned.base_name.as_str(), planned.branch.as_str()), ("main", "fix/login"));
        let session = testing::session(1);
        let made = add(&repository, &scratch.locks(), &planned, &session).await.unwrap();
        assert_eq!(testing::run(&scratch.git, &made.folder, &["rev-parse", "HEAD"]).await, tip);
        let on = testing::run(&scratch.git, &made.folder, &["branch", "--show-current"]).await;
        assert_eq!((on.as_str(), made.base_commit), ("fix/login", parted));
        // Taken between plan and making: nothing is left behind, and the branch stays.
        let late = add(&repository, &scratch.locks(), &planned, &testing::session(2)).await;
        assert_eq!(late.unwrap_err().code, ProblemCode::BranchCheckedOut);
        assert_eq!(scratch.run(&["rev-parse", "fix/login"]).await, tip);
        assert_eq!(std::fs::read_dir(made.folder.parent().unwrap()).unwrap().count(), 1);
        for unknown in ["nobody", "HEAD", "@{-1}", "-x", ""] {
            assert!(plan_of(&repository, &scratch, unknown).await.is_err(), "{unknown}");
        }
    }

    #[tokio::test]
    async fn only_what_is_ours_or_the_repository_is_worked_in() {
        let scratch = testing::repository().await;
        scratch.run(&["worktree", "add", "-q", "-b", "other", "../other"]).await;
        let repository = scratch.open().await;
        let other = scratch.path().with_file_name("other");
        for folder in
            [other.as_path(), scratch.path().parent().unwrap(), &scratch.path().join(".git")]
        {
            let refused = to_work_in(&repository, folder).await.unwrap_err();
            assert_eq!(refused.code, ProblemCode::InvalidInput, "{}", folder.display());
        }
        crate::git::adopt::adopt(&repository, &scratch.locks(), &other).await.unwrap();
        for folder in [&other, scratch.path()] {
            assert_eq!(to_work_in(&repository, folder).await.unwrap().folder, folder);
        }
        assert!(to_work_in(&repository, &other.join("below")).await.is_err());
    }

    #[tokio::test]
    async fn a_subfolder_never_leads_out() {
        let scratch = testing::repository().await;
        let root = scratch.path();
        scratch.write("packages/web/a.txt", "a\n");
        #[cfg(unix)]
        std::os::unix::fs::symlink("/", root.join("out")).unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink("packages", root.join("in")).unwrap();
        let commit = scratch.commit("folders").await;
        let repository = scratch.open().await;
        check_subfolder_of(&repository, &commit, "packages/web").await.unwrap();
        assert_eq!(subfolder_in(root, "packages/web").unwrap(), root.join("packages/web"));
        for bad in [
            "",
            ".",
            "..",
            "/",
            "/etc",
            "../repo",
            "packages/../..",
            "packages/",
            "packages//web",
            "./packages",
            "out",
            "out/etc",
            "in/web",
            "readme.md",
            "missing",
            ".git",
            "packages/.git",
            ".claude",
            "a\0b",
        ] {
            assert!(check_subfolder_of(&repository, &commit, bad).await.is_err(), "{bad}");
            assert!(subfolder_in(root, bad).is_err(), "{bad}");
        }
    }
}
