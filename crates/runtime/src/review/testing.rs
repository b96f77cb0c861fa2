//! A session to review in a repository of a test's own.

use std::path::Path;

use bosk_core::SessionId;
use bosk_core::launch::LaunchSpec;

use super::Reviewed;
use crate::git::testing::{self, Scratch};
use crate::home::Home;
use crate::session_record::SessionRecord;

/// A reviewed repository, whose session has not been launched by anybody.
pub(super) struct Desk {
    pub(super) scratch: Scratch,
    pub(super) reviewed: Reviewed,
    _home: tempfile::TempDir,
}

/// One commit on `main`, from which the session works on.
pub(super) async fn desk() -> Desk {
    of(testing::repository().await).await
}

pub(super) async fn of(scratch: Scratch) -> Desk {
    let folder = tempfile::tempdir().unwrap();
    let head = scratch.run(&["rev-parse", "HEAD"]).await;
    let reviewed = Reviewed {
        home: Home::at(folder.path().join("home")).unwrap(),
        id: session(),
        git: scratch.git.clone(),
        root: scratch.path().to_owned(),
        base: None,
        base_commit: Some(head),
    };
    Desk { scratch, reviewed, _home: folder }
}

fn session() -> SessionId {
    testing::session(7)
}

impl Desk {
    pub(super) fn path(&self) -> &Path {
        self.scratch.path()
    }

    /// Has the session be one that was launched.
    pub(super) fn launched(&self) {
        let record = SessionRecord {
            id: self.reviewed.id.clone(),
            created_at: 0,
            spec: LaunchSpec::of_prompt("do it"),
            repository_name: "repo".to_owned(),
            repository_root: self.path().display().to_string(),
            worktrees: String::new(),
            agreed: None,
            forked: None,
            files: None,
        };
        let home = &self.reviewed.home;
        std::fs::create_dir_all(home.session(&record.id)).unwrap();
        record.save(home).unwrap();
    }

    pub(super) fn read(&self, path: &str) -> Option<String> {
        std::fs::read_to_string(self.path().join(path)).ok()
    }
}
