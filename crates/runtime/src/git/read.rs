//! Reading of references. This module decides: libgit2 where it can open the repository, else the
//! git command line (libgit2 opens neither SHA-256 nor reftable repositories).

use std::path::Path;

use bosk_core::Problem;
use bosk_core::git::{Base, BaseKind, Bases};

use super::{Git, GitError, Repository};

/// As many as a person can look through; the rest can be typed.
const MOST: usize = 2000;

/// The named commits of a repository, newest first.
pub(super) async fn bases(repository: &Repository) -> Result<Bases, Problem> {
    let root = repository.root.clone();
    let opened = tokio::task::spawn_blocking(move || by_library(&root)).await;
    let mut all = match opened {
        Ok(Ok(all)) => all,
        _ => by_command(&repository.git, &repository.root).await?,
    };
    all.sort_by(|a, b| {
        b.committed_at.cmp(&a.committed_at).then_with(|| a.reference.cmp(&b.reference))
    });
    let total = u32::try_from(all.len()).unwrap_or(u32::MAX);
    all.truncate(MOST);
    Ok(Bases { items: all, total })
}

fn by_library(root: &Path) -> Result<Vec<Base>, git2::Error> {
    let repository = git2::Repository::open(root)?;
    let mut all = Vec::new();
    for reference in repository.references()? {
        let reference = reference?;
        if reference.kind() != Some(git2::ReferenceType::Direct) {
            continue;
        }
        // A name that is not UTF-8 cannot be shown, and a tag of a tree is no base.
        let Some((kind, name)) = reference.name().ok().and_then(kind) else { continue };
        let Ok(commit) = reference.peel_to_commit() else { continue };
        all.push(Base {
            kind,
            name: name.to_owned(),
            reference: reference.name().unwrap_or_default().to_owned(),
            commit: commit.id().to_string(),
            subject: commit.summary().ok().flatten().unwrap_or_default().to_owned(),
            committed_at: commit.time().seconds(),
        });
    }
    Ok(all)
}

async fn by_command(git: &Git, root: &Path) -> Result<Vec<Base>, GitError> {
    // The starred fields are of what an annotated tag names, and empty for the rest.
    let format = "%(refname)%00%(symref)%00%(objecttype)%00%(objectname)%00%(committerdate:unix)%00\
                  %(subject)%00%(*objecttype)%00%(*objectname)%00%(*committerdate:unix)%00%(*subject)";
    let call = git.look(root).args(["for-each-ref", "--format", format]);
    let output = call.args(["refs/heads", "refs/remotes", "refs/tags"]).run().await?;
    let base = |line: &[u8]| {
        let line = std::str::from_utf8(line).ok()?;
        let fields: Vec<&str> = line.split('\0').collect();
        let [reference, "", own @ ..] = fields.as_slice() else { return None };
        let (kind, name) = kind(reference)?;
        let ["commit", commit, date, subject] = own.chunks(4).find(|f| f[0] == "commit")? else {
            return None;
        };
        Some(Base {
            kind,
            name: name.to_owned(),
            reference: (*reference).to_owned(),
            commit: (*commit).to_owned(),
            subject: (*subject).to_owned(),
            committed_at: date.parse().ok()?,
        })
    };
    Ok(output.stdout.split(|byte| *byte == b'\n').filter_map(base).collect())
}

/// The full id of a branch's commit; none where there is no such branch.
pub(super) async fn tip(repository: &Repository, branch: &str) -> Result<Option<String>, Problem> {
    at(repository, &format!("refs/heads/{branch}")).await
}

/// The full id of the commit of a reference, given by its full name; none where there is none.
pub(super) async fn at(
    repository: &Repository,
    reference: &str,
) -> Result<Option<String>, Problem> {
    let (root, name) = (repository.root.clone(), reference.to_owned());
    let read = tokio::task::spawn_blocking(move || {
        let repository = git2::Repository::open(root)?;
        let commit = repository.find_reference(&name)?.peel_to_commit()?;
        Ok::<_, git2::Error>(commit.id().to_string())
    });
    match read.await {
        Ok(Ok(commit)) => return Ok(Some(commit)),
        Ok(Err(error)) if error.code() == git2::ErrorCode::NotFound => return Ok(None),
        _ => {}
    }
    let call = repository.git.look(&repository.root);
    let call = call.args(["rev-parse", "--verify", "--quiet", "--end-of-options"]);
    let found = call.arg(format!("{reference}^{{commit}}")).answer_or_nothing().await?;
    Ok(Some(found).filter(|found| !found.is_empty()))
}

/// The full id of the newest commit that HEAD of a worktree and what `base` names (a branch first) have in common; none
/// where there is no such thing.
///
/// # Errors
/// Git failed.
pub async fn merge_base(git: &Git, worktree: &Path, base: &str) -> Result<Option<String>, Problem> {
    let (root, name) = (worktree.to_owned(), base.to_owned());
    let read = tokio::task::spawn_blocking(move || {
        let repository = git2::Repository::open(root)?;
        let branch = repository.revparse_single(&format!("refs/heads/{name}"));
        let commit = branch.or_else(|_| repository.revparse_single(&name))?.peel_to_commit()?;
        let head = repository.head()?.peel_to_commit()?;
        repository.merge_base(head.id(), commit.id()).map(|id| id.to_string())
    });
    if let Ok(Ok(found)) = read.await {
        return Ok(Some(found));
    }
    for name in [format!("refs/heads/{base}"), base.to_owned()] {
        let call = git.look(worktree).args(["merge-base", "--end-of-options", "HEAD", &name]);
        let found = call.answer_or_nothing().await?;
        if let Some(first) = found.lines().next() {
            return Ok(Some(first.to_owned()));
        }
    }
    Ok(None)
}

/// What a full name is, and what people call it.
fn kind(reference: &str) -> Option<(BaseKind, &str)> {
    [
        ("refs/heads/", BaseKind::Branch),
        ("refs/remotes/", BaseKind::Remote),
        ("refs/tags/", BaseKind::Tag),
    ]
    .into_iter()
    .find_map(|(prefix, kind)| Some((kind, reference.strip_prefix(prefix)?)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing;

    #[tokio::test]
    async fn library_and_command_agree() {
        let scratch = testing::repository().await;
        let first = scratch.run(&["rev-parse", "HEAD"]).await;
        scratch.run(&["branch", "feature/한글-'x'"]).await;
        scratch.run(&["tag", "light"]).await;
        scratch.run(&["tag", "-a", "-m", "heavy tag", "v1.0"]).await;
        scratch.run(&["tag", "tree", "HEAD^{tree}"]).await;
        scratch.run(&["update-ref", "refs/remotes/origin/main", &first]).await;
        scratch
            .run(&["symbolic-ref", "refs/remotes/origin/HEAD", "refs/remotes/origin/main"])
            .await;
        scratch.run(&["update-ref", "refs/bosk/x/snap/1", &first]).await;
        scratch.write("readme.md", "more\n");
        scratch
            .git
            .change(scratch.path())
            .args(["commit", "-qam", "second: a subject\n\nand a body"])
            .env("GIT_COMMITTER_DATE", "2035-01-01T00:00:00Z")
            .run()
            .await
            .unwrap();

        let mut library = by_library(scratch.path()).unwrap();
        let mut command = by_command(&scratch.git, scratch.path()).await.unwrap();
        library.sort_by(|a, b| a.reference.cmp(&b.reference));
        command.sort_by(|a, b| a.reference.cmp(&b.reference));
        assert_eq!(library, command);

        let bases = scratch.open().await.bases().await.unwrap();
        assert_eq!(bases.total, 5);
        assert_eq!(bases.items[0].name, "main");
        assert_eq!(bases.items[0].subject, "second: a subject");
        let names: Vec<_> = bases.items[1..].iter().map(|b| (b.kind, b.name.as_str())).collect();
        assert_eq!(
            names,
            [
                (BaseKind::Branch, "feature/한글-'x'"),
                (BaseKind::Remote, "origin/main"),
                (BaseKind::Tag, "light"),
                (BaseKind::Tag, "v1.0"),
            ]
        );
    }

    #[tokio::test]
    async fn a_repository_that_the_library_cannot_open_is_read_all_the_same() {
        for option in ["--object-format=sha256", "--ref-format=reftable"] {
            let (git, folder) = testing::git().await;
            let root = folder.path();
            testing::run(&git, root, &["init", "-q", "-b", "main", option]).await;
            testing::run(&git, root, &["commit", "-q", "--allow-empty", "-m", "first"]).await;
            assert!(by_library(root).is_err(), "{option}");
            let repository = Repository::open(git, root).await.unwrap();
            let bases = repository.bases().await.unwrap();
            assert_eq!(bases.items[0].name, "main", "{option}");
            assert_eq!(bases.items[0].commit, repository.resolve_base("main").await.unwrap());
            let common = merge_base(&repository.git, root, "main").await.unwrap();
            assert_eq!(common.as_ref(), Some(&bases.items[0].commit), "{option}");
        }
    }
}
