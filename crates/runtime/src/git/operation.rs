//! What stands half-way in a worktree. Not here: going on with it.

use std::path::Path;

use bosk_core::review::merge::Operation;

use super::{Git, GitError, paths};

/// What git leaves in its folder while one goes on. Source: `wt_status_get_state` of git.
const MARKS: [(&str, Operation); 5] = [
    ("rebase-merge", Operation::Rebase),
    ("rebase-apply", Operation::Rebase),
    ("MERGE_HEAD", Operation::Merge),
    ("CHERRY_PICK_HEAD", Operation::CherryPick),
    ("REVERT_HEAD", Operation::Revert),
];

/// The operation that stands half-way, if one does.
///
/// # Errors
/// Git failed.
pub async fn operation(git: &Git, worktree: &Path) -> Result<Option<Operation>, GitError> {
    let mut call = git.look(worktree).args(["rev-parse", "--path-format=absolute"]);
    for (name, _) in MARKS {
        call = call.args(["--git-path", name]);
    }
    let listed = call.run().await?.stdout;
    let listed = listed.split(|byte| *byte == b'\n').filter(|path| !path.is_empty());
    let mut both = listed.zip(MARKS);
    let there = both.find(|(path, _)| paths::from_git(path).exists());
    Ok(there.map(|(_, (_, operation))| operation))
}
