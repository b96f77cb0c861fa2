use std::path::PathBuf;

use bosk_core::git::RemovalToken;

use super::*;
use crate::git::remove::{self, Request};
use crate::git::testing::{self, Scratch};
use crate::git::worktree;

struct Away {
    scratch: Scratch,
    repository: Repository,
    folder: PathBuf,
    entry: Entry,
}

/// A worktree with a commit of its own, a staged and an untracked file, put away with its branch.
async fn away() -> Away {
    let scratch = testing::repository().await;
    let repository = scratch.open().await;
    let (locks, worktrees) = (scratch.locks(), scratch.worktrees());
    let plan = worktree::plan(&repository, &worktrees, None, Some("work"), "").await.unwrap();
    let made = worktree::add(&repository, &locks, &plan, &testing::session(1)).await;
    let folder = made.unwrap().folder;
    testing::run(&scratch.git, &folder, &["commit", "-q", "--allow-empty", "-m", "own"]).await;
    testing::write(&folder, "staged.txt", "staged");
    testing::run(&scratch.git, &folder, &["add", "."]).await;
    testing::write(&folder, "new.txt", "new");
    scratch.run(&["config", "branch.work.description", "two\nlines"]).await;
    let entry = put_away(&scratch, &repository, &folder).await;
    Away { scratch, repository, folder, entry }
}

async fn put_away(scratch: &Scratch, repository: &Repository, folder: &Path) -> Entry {
    let token: RemovalToken =
        remove::plan(repository, &scratch.trash(), folder, None).await.unwrap().token;
    let request = Request { folder: folder.to_owned(), session: None, token, delete_branch: true };
    remove::remove(repository, &scratch.locks(), &scratch.trash(), request).await.unwrap().entry
}

impl Away {
    async fn restore(&self) -> Result<Restored, Problem> {
        let (locks, trash) = (self.scratch.locks(), self.scratch.trash());
        restore(&self.repository, &locks, &trash, &self.entry.id).await
    }

    async fn is_as_it_was(&self, folder: &Path) {
        let status = testing::run(&self.scratch.git, folder, &["status", "--porcelain"]).await;
        assert_eq!(status, "A  staged.txt\n?? new.txt");
        let head = testing::run(&self.scratch.git, folder, &["rev-parse", "HEAD"]).await;
        assert_eq!(head, self.entry.record.token.head);
        let listed = listing::list(&self.scratch.git, self.scratch.path()).await.unwrap();
        let one = listed.iter().find(|one| one.folder == folder).unwrap();
        assert_eq!(one.session(), Some(testing::session(1)), "it is locked again");
    }
}

#[tokio::test]
async fn it_comes_back_on_its_branch_with_what_was_configured_of_it() {
    let away = away().await;
    assert_eq!(away.scratch.run(&["branch", "--list", "work"]).await, "");
    let restored = away.restore().await.unwrap();
    assert_eq!((restored.folder.as_path(), &restored.note), (away.folder.as_path(), &None));
    away.is_as_it_was(&away.folder).await;
    let head = ["symbolic-ref", "--short", "HEAD"];
    assert_eq!(testing::run(&away.scratch.git, &away.folder, &head).await, "work");
    let told = away.scratch.run(&["config", "branch.work.description"]).await;
    assert_eq!(told, "two\nlines");
    // Asked for once more, as after a kill at the very end.
    assert_eq!(away.restore().await.unwrap().folder, away.folder);
    away.is_as_it_was(&away.folder).await;
}

#[tokio::test]
async fn what_has_taken_its_place_its_name_or_its_branch_stays() {
    for (without_index, without_files) in [(false, false), (true, false), (false, true)] {
        taken(without_index, without_files).await;
    }
}

async fn taken(without_index: bool, without_files: bool) {
    let away = away().await;
    let scratch = &away.scratch;
    if without_files {
        away.entry.delete_tree().unwrap();
    }
    if without_index {
        std::fs::remove_dir_all(away.entry.known(&away.repository.common_dir)).unwrap();
    }
    let text = away.folder.to_str().unwrap();
    scratch.run(&["worktree", "add", "-q", "-b", "work", text]).await;
    let restored = away.restore().await.unwrap();
    assert_eq!(restored.folder, away.folder.with_file_name("work-2"));
    assert_eq!(restored.record.before.as_deref(), away.folder.to_str());
    assert!(restored.note.unwrap().contains("checked out"));
    away.is_as_it_was(&restored.folder).await;
    assert!(!away.folder.join("new.txt").exists());
    assert_eq!(testing::run(&scratch.git, &away.folder, &["status", "--porcelain"]).await, "");
}

#[tokio::test]
async fn a_branch_that_has_moved_stays_where_it_is() {
    let away = away().await;
    away.scratch.run(&["branch", "work", "main"]).await;
    let restored = away.restore().await.unwrap();
    assert!(restored.note.unwrap().contains("moved"));
    away.is_as_it_was(&away.folder).await;
    let (work, main) =
        (away.scratch.run(&["rev-parse", "work"]), away.scratch.run(&["rev-parse", "main"]));
    assert_eq!(work.await, main.await);
}

#[tokio::test]
async fn a_restoring_or_a_removal_that_was_killed_between_its_moves_can_be_finished() {
    let away = away().await;
    // The first move of the restoring, as it is done; the second never came.
    let tree = away.entry.tree();
    let restored = away.restore().await.unwrap();
    std::fs::rename(&restored.folder, &tree).unwrap();
    // Something takes the place meanwhile.
    std::fs::create_dir(&away.folder).unwrap();
    let restored = away.restore().await.unwrap();
    assert_eq!(restored.folder, away.folder.with_file_name("work-2"));
    away.is_as_it_was(&restored.folder).await;
}

#[tokio::test]
async fn a_folder_that_never_left_when_the_power_failed_is_found_where_it_is() {
    let away = away().await;
    std::fs::rename(away.entry.tree(), &away.folder).unwrap();
    let restored = away.restore().await.unwrap();
    assert_eq!(restored.folder, away.folder);
    away.is_as_it_was(&away.folder).await;
}

#[tokio::test]
async fn nothing_but_the_snapshot_is_enough() {
    for without_index in [false, true] {
        let away = away().await;
        std::fs::remove_dir_all(away.entry.tree()).unwrap();
        if without_index {
            let known = away.entry.known(&away.repository.common_dir);
            std::fs::remove_dir_all(known).unwrap();
        }
        away.scratch.run(&["gc", "-q", "--prune=now"]).await;
        let restored = away.restore().await.unwrap();
        assert_eq!(restored.folder, away.folder);
        away.is_as_it_was(&away.folder).await;
    }
}

#[tokio::test]
async fn what_another_bosk_has_put_away_is_not_overwritten() {
    let away = away().await;
    let elsewhere = away.scratch.path().with_file_name("elsewhere");
    std::fs::rename(away.scratch.trash(), &elsewhere).unwrap();
    let plan = worktree::plan(&away.repository, &away.scratch.worktrees(), None, Some("more"), "")
        .await
        .unwrap();
    let locks = away.scratch.locks();
    let made = worktree::add(&away.repository, &locks, &plan, &testing::session(1)).await.unwrap();
    let second = put_away(&away.scratch, &away.repository, &made.folder).await;
    assert_ne!(second.id, away.entry.id);
    for (trash, entry) in [(elsewhere, &away.entry), (away.scratch.trash(), &second)] {
        let restored = restore(&away.repository, &locks, &trash, &entry.id).await.unwrap();
        assert_eq!(restored.folder, PathBuf::from(&entry.record.folder));
    }
}

#[tokio::test]
async fn a_name_that_is_no_name_is_refused() {
    let away = away().await;
    for id in ["", "..", "../x", "00000000-0000-4000-8000-000000000001", "a-1"] {
        let (locks, trash) = (away.scratch.locks(), away.scratch.trash());
        let refused = restore(&away.repository, &locks, &trash, id);
        assert_eq!(refused.await.unwrap_err().code, ProblemCode::InvalidInput, "{id}");
    }
}
