//! Which files `.gitattributes` says are made by a tool. Not here: what their names say.

use std::collections::BTreeMap;
use std::path::Path;

use crate::git::{Git, GitError};

/// The attribute. Source: github-linguist/linguist, «Overrides».
const GENERATED: &str = "linguist-generated";

/// What is said of these paths, by path: those of which nothing is said are left out.
pub(super) async fn generated(
    git: &Git,
    worktree: &Path,
    paths: &[&[u8]],
) -> Result<BTreeMap<Vec<u8>, bool>, GitError> {
    let mut said = BTreeMap::new();
    if paths.is_empty() {
        return Ok(said);
    }
    let input = [paths.join(&0), vec![0]].concat();
    let call = git.look(worktree).args(["check-attr", "-z", "--stdin", GENERATED]).input(input);
    let output = call.run().await?;
    let mut fields = output.fields();
    // Source of the format: git-check-attr(1), `-z`.
    while let (Some(path), Some(_), Some(value)) = (fields.next(), fields.next(), fields.next()) {
        match value {
            b"unspecified" => {}
            b"unset" | b"false" => drop(said.insert(path.to_vec(), false)),
            _ => drop(said.insert(path.to_vec(), true)),
        }
    }
    Ok(said)
}
