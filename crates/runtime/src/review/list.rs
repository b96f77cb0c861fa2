//! The list of a review: which files differ, and what is told of each before it is opened.

use std::path::{Path, PathBuf};

use bosk_core::Problem;
use bosk_core::git::ChangeKind;
use bosk_core::review::path::to_text;
use bosk_core::review::{Against, Review, ReviewFile, Staged, generated};

use super::attributes;
use super::content::{self, Seen};
use super::kept::Viewed;
use super::{Reviewed, picture};
use crate::client::blocking;
use crate::git::changes::changed;
use crate::git::compare::{Compared, Difference, Standing, compare};
use crate::git::merge::operation::half_way;
use crate::git::paths;

/// Most files that are listed.
const MOST: usize = 20_000;

impl Reviewed {
    /// The files that differ.
    ///
    /// # Errors
    /// What it is compared with is gone, or git failed.
    pub async fn review(&self, against: Against, ignore_space: bool) -> Result<Review, Problem> {
        let (sides, from) = self.sides(against).await?;
        let goes_on = half_way(&self.git, &self.root);
        let comparing = compare(&self.git, &self.root, &sides, ignore_space);
        let (compared, operation) = tokio::try_join!(comparing, goes_on)?;
        let Compared { files, standings, more } = compared;
        let total = u32::try_from(files.len()).unwrap_or(u32::MAX);
        let listed: Vec<(Vec<u8>, Difference)> = files.into_iter().take(MOST).collect();
        let names: Vec<&[u8]> = listed.iter().map(|(path, _)| path.as_slice()).collect();
        let said = async { Ok(attributes::generated(&self.git, &self.root, &names).await?) };
        let (said, seen) = tokio::try_join!(said, look_at_all(&self.root, &listed))?;
        let viewed = self.viewed().await?;
        let mut review = Review {
            against,
            from,
            files: Vec::with_capacity(listed.len()),
            total,
            added: 0,
            removed: 0,
            more,
            operation,
        };
        for ((path, file), seen) in listed.iter().zip(seen) {
            let standing = standings.get(path).copied();
            let said = said.get(path).copied();
            let file = shown(path, file, standing, said, &seen, sides.has_files(), &viewed);
            review.added = review.added.saturating_add(file.file.added.unwrap_or(0));
            review.removed = review.removed.saturating_add(file.file.removed.unwrap_or(0));
            review.files.push(file);
        }
        Ok(review)
    }
}

async fn look_at_all(root: &Path, listed: &[(Vec<u8>, Difference)]) -> Result<Vec<Seen>, Problem> {
    let places: Vec<PathBuf> =
        listed.iter().map(|(path, _)| root.join(paths::from_git(path))).collect();
    blocking(move || Ok(places.iter().map(|place| content::look(place)).collect())).await
}

fn shown(
    path: &[u8],
    difference: &Difference,
    standing: Option<Standing>,
    said: Option<bool>,
    seen: &Seen,
    has_files: bool,
    viewed: &Viewed,
) -> ReviewFile {
    let mut file = changed(path, difference);
    if file.kind == ChangeKind::Untracked {
        (file.added, file.removed) = (seen.lines, seen.lines.map(|_| 0));
        file.binary = seen.binary;
    }
    let name = to_text(path);
    let stamp = content::stamp(difference, has_files.then_some(seen));
    let staged = match standing {
        Some(Standing::Differs { index: true, file: false }) => Staged::All,
        Some(Standing::Differs { index: true, file: true }) => Staged::Part,
        _ => Staged::None,
    };
    ReviewFile {
        staged,
        generated: said.unwrap_or_else(|| seen.generated || generated::by_name(&name)),
        picture: picture::media_type(&name).is_some(),
        bytes: seen.bytes,
        viewed: viewed.is_viewed(&file.path, &stamp),
        stamp,
        file,
    }
}
