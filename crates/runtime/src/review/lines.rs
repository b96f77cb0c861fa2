//! How the lines of one file differ, as a person is shown them: what is too long is named instead.

use bosk_core::Problem;
use bosk_core::git::ChangeKind;
use bosk_core::review::pointer::only_pointers;
use bosk_core::review::{Against, Closed, FileLines};

use super::Reviewed;
use super::content::{self, Seen};
use crate::client::blocking;
use crate::git::compare::{Difference, Sides, named};
use crate::git::lines::{Lines, Wanted, lines};
use crate::git::paths;

/// The most that is read of a diff, in bytes.
const DIFF: usize = 1 << 20;

/// The largest file of which lines are shown, in bytes.
const LARGEST: u64 = 16 << 20;

/// The longest line that is shown, in bytes.
const LINE: usize = 64 << 10;

/// Most unchanged lines around each change.
const CONTEXT: u32 = 100_000;

/// What is put before the stamp in [`FileLines::seen`] where white space was left out of account.
pub(super) const WITHOUT_SPACE: &str = "space ";

impl Reviewed {
    /// The lines of one file; `old_path` is what it was called, where it was renamed.
    ///
    /// # Errors
    /// What it is compared with is gone, the path is not well formed, or git failed.
    pub async fn lines(
        &self,
        against: Against,
        path: &str,
        old_path: Option<&str>,
        ignore_space: bool,
        context: u32,
    ) -> Result<FileLines, Problem> {
        let (path, old_path) = (named(path)?, old_path.map(named).transpose()?);
        let (sides, _) = self.sides(against).await?;
        // First: what changes while git reads is another one than what was seen.
        let seen = self.look(&path).await?;
        if sides.has_files() && seen.bytes.is_some_and(|bytes| bytes > LARGEST) {
            let file = self.differs(&sides, &path, old_path.as_deref()).await?;
            return Ok(closed(Closed::Huge, stamp(file.as_ref(), &sides, &seen)));
        }
        let wanted = Wanted { ignore_space, context: context.min(CONTEXT), limit: DIFF };
        let names = (path.as_slice(), old_path.as_deref());
        let Lines { file, mut diff, mut truncated } =
            lines(&self.git, &self.root, &sides, names, wanted).await?;
        let stamp = stamp(file.as_ref(), &sides, &seen);
        if let Some(why) = self.why_closed(file.as_ref(), &diff, truncated).await? {
            return Ok(closed(why, stamp));
        }
        if truncated {
            // A line that is cut says something else.
            diff.truncate(memchr::memrchr(b'\n', &diff).map_or(0, |end| end + 1));
            truncated = true;
        }
        let text = String::from_utf8_lossy(&diff).into_owned();
        let seen = if ignore_space { format!("{WITHOUT_SPACE}{stamp}") } else { stamp.clone() };
        Ok(FileLines { text, closed: None, truncated, stamp, seen })
    }

    /// How a file differs, without its lines.
    pub(super) async fn differs(
        &self,
        sides: &Sides,
        path: &[u8],
        old_path: Option<&[u8]>,
    ) -> Result<Option<Difference>, Problem> {
        let wanted = Wanted { ignore_space: false, context: 0, limit: 0 };
        Ok(lines(&self.git, &self.root, sides, (path, old_path), wanted).await?.file)
    }

    pub(super) async fn look(&self, path: &[u8]) -> Result<Seen, Problem> {
        let place = self.root.join(paths::from_git(path));
        blocking(move || Ok(content::look(&place))).await
    }

    async fn why_closed(
        &self,
        file: Option<&Difference>,
        diff: &[u8],
        truncated: bool,
    ) -> Result<Option<Closed>, Problem> {
        let Some(file) = file else { return Ok(None) };
        if file.old.is_repository() || file.new.is_repository() {
            return Ok(Some(Closed::Repository));
        }
        // What a pointer of LFS stands for is what has changed, not the pointer's lines.
        if file.binary || (!truncated && only_pointers(diff)) {
            return Ok(Some(Closed::Binary));
        }
        let long = |line: &[u8]| line.len() > LINE;
        if diff.split(|byte| *byte == b'\n').any(long) {
            return Ok(Some(Closed::Huge));
        }
        // The old side may be what is too long.
        let is_old = truncated && file.old.is_there() && file.kind != ChangeKind::Untracked;
        if is_old {
            let call = self.git.look(&self.root).args(["cat-file", "-s", &file.old.id]);
            let size = call.answer_or_nothing().await?.parse().unwrap_or(0_u64);
            return Ok((size > LARGEST).then_some(Closed::Huge));
        }
        Ok(None)
    }
}

/// As in the list.
pub(super) fn stamp(file: Option<&Difference>, sides: &Sides, seen: &Seen) -> String {
    let unchanged = Difference::new(ChangeKind::Modified);
    content::stamp(file.unwrap_or(&unchanged), sides.has_files().then_some(seen))
}

fn closed(why: Closed, stamp: String) -> FileLines {
    let seen = stamp.clone();
    FileLines { text: String::new(), closed: Some(why), truncated: false, stamp, seen }
}
