//! An index that a merge left unresolved, as a tree: each side in a folder of its own. Not here: what the sides mean.

use bosk_core::Problem;

use super::super::command::Call;
use super::super::staged::staged;

/// The tree with `1/…`, `2/…` and `3/…` for the sides that unresolved files have, and `0/…` for those that are
/// resolved; none where there are no unresolved ones.
pub(super) async fn sides<'git>(
    with_copy: &impl Fn() -> Call<'git>,
) -> Result<Option<String>, Problem> {
    let any = with_copy().args(["ls-files", "--unmerged", "-z"]).limit(1).run().await?;
    if any.stdout.is_empty() {
        return Ok(None);
    }
    let listed = with_copy().args(["ls-files", "--stage", "-z"]).limit(super::MOST_LISTED);
    let listed = listed.run().await?;
    if listed.truncated {
        return Err(super::too_many());
    }
    let mut input = Vec::new();
    for entry in staged(&listed) {
        let path = [format!("{}/", entry.stage).as_bytes(), entry.path].concat();
        input.extend(entry.info(0, &path));
    }
    // A file of its own beside the copy, which stays as it is.
    let folder = tempfile::tempdir().map_err(super::unwritten)?;
    let file = folder.path().join("index");
    let with_sides = || with_copy().env("GIT_INDEX_FILE", &file);
    with_sides().args(["update-index", "-z", "--index-info"]).input(input).run().await?;
    Ok(Some(with_sides().args(["write-tree", "--missing-ok"]).run().await?.text()))
}

/// Makes the index that [`sides`] was made of: `look` and `change` are calls in the worktree.
pub(crate) async fn put_back<'git>(
    look: Call<'git>,
    change: impl Fn() -> Call<'git>,
    tree: &str,
) -> Result<(), Problem> {
    let listed = look.args(["ls-tree", "-r", "-z", "--end-of-options", tree]);
    let listed = listed.limit(super::MOST_LISTED).run().await?;
    let mut input = Vec::new();
    for entry in listed.fields() {
        // `<mode> <type> <object>\t<side>/<path>`.
        let Some(tab) = entry.iter().position(|byte| *byte == b'\t') else { continue };
        let mut words = entry[..tab].split(|byte| *byte == b' ');
        let (Some(mode), Some(object)) = (words.next(), words.nth(1)) else { continue };
        let (Some(side), Some(path)) = (entry.get(tab + 1), entry.get(tab + 3..)) else { continue };
        input.extend_from_slice(&[mode, b" ", object, b" ", &[*side], b"\t", path, b"\0"].concat());
    }
    change().args(["read-tree", "--empty"]).run().await?;
    change().args(["update-index", "-z", "--index-info"]).input(input).run().await?;
    Ok(())
}
