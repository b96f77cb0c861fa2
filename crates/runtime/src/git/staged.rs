//! What `git ls-files` prints of an index with `--stage`, `--unmerged` and `--resolve-undo`: one reader for all of them.
//! Not here: what is made of it.

use super::command::Output;

/// One entry of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Staged<'a> {
    /// The mode in octal.
    pub(crate) mode: &'a str,
    /// The object's full id.
    pub(crate) object: &'a str,
    /// 0 where it is merged; else 1 for what both sides came from, 2 for ours, 3 for theirs.
    pub(crate) stage: usize,
    /// The path from the root of the work tree.
    pub(crate) path: &'a [u8],
}

impl Staged<'_> {
    /// Whether it is a link to a commit of another repository.
    pub(crate) fn is_repository(&self) -> bool {
        self.mode == "160000"
    }

    /// The entry as `git update-index --index-info -z` reads it, under another stage and path.
    pub(crate) fn info(&self, stage: usize, path: &[u8]) -> Vec<u8> {
        let mut line = format!("{} {} {stage}\t", self.mode, self.object).into_bytes();
        line.extend_from_slice(path);
        line.push(0);
        line
    }
}

/// The entries of a `-z` output, in git's order.
/// Source of the format: git-ls-files(1), `<mode> <object> <stage>\t<path>`.
pub(crate) fn staged(output: &Output) -> impl Iterator<Item = Staged<'_>> {
    output.fields().filter_map(|field| {
        let tab = field.iter().position(|byte| *byte == b'\t')?;
        let mut words = std::str::from_utf8(&field[..tab]).ok()?.split(' ');
        let (mode, object, stage) = (words.next()?, words.next()?, words.next()?);
        Some(Staged { mode, object, stage: stage.parse().ok()?, path: &field[tab + 1..] })
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::git::testing;

    #[tokio::test]
    async fn all_stages_and_any_name() {
        let scratch = testing::repository().await;
        let id = scratch.run(&["rev-parse", "HEAD:readme.md"]).await;
        scratch.run(&["rm", "-q", "--cached", "readme.md"]).await;
        let entry = |stage, path| Staged { mode: "100755", object: &id, stage, path };
        let link = Staged { mode: "160000", ..entry(0, b"z") };
        let all: [Staged<'_>; 4] =
            [entry(0, b"a\tb\n"), entry(1, b"caf\xe9"), entry(3, b"caf\xe9"), link];
        let input = all.iter().flat_map(|one| one.info(one.stage, one.path)).collect();
        let call = scratch.git.change(scratch.path()).args(["update-index", "-z", "--index-info"]);
        call.input(input).run().await.unwrap();
        let look = || scratch.git.look(scratch.path());
        let output = look().args(["ls-files", "--stage", "-z"]).run().await.unwrap();
        assert_eq!(staged(&output).collect::<Vec<_>>(), all);
        assert_eq!(staged(&output).filter(Staged::is_repository).count(), 1);
    }
}
