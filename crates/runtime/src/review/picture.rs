//! Pictures that differ, as they were and as they are. A drawing (SVG) is data for an `<img>` and nothing else: no page
//! is made of it. Not here: showing them.

use std::io::Read as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bosk_core::Problem;
use bosk_core::review::{Against, PictureSide, Side};

use super::{Reviewed, place};
use crate::client::blocking;
use crate::git::GitError;
use crate::git::compare::{Sides, named};

/// The largest picture that is shown, in bytes.
const LARGEST: usize = 8 << 20;

/// What browsers call a picture of that name; none where it is none.
pub(super) fn media_type(name: &str) -> Option<&'static str> {
    let (_, ending) = name.trim_end_matches('"').rsplit_once('.')?;
    Some(match ending.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "bmp" => "image/bmp",
        "ico" => "image/x-icon",
        "avif" => "image/avif",
        "svg" => "image/svg+xml",
        _ => return None,
    })
}

impl Reviewed {
    /// A picture on one side; none where there is none, or a larger one than is shown.
    ///
    /// # Errors
    /// The path leads elsewhere, or git failed.
    pub async fn picture(
        &self,
        against: Against,
        path: &str,
        side: Side,
    ) -> Result<Option<PictureSide>, Problem> {
        let Some(media_type) = media_type(path) else { return Ok(None) };
        let (sides, _) = self.sides(against).await?;
        let path = named(path)?;
        let content = match (side, &sides) {
            (Side::New, Sides::Commit(_) | Sides::Index) => self.file(&path).await?,
            (Side::New, Sides::Staged(_)) | (Side::Old, Sides::Index) => {
                self.blob("", &path).await?
            }
            (Side::Old, Sides::Commit(commit) | Sides::Staged(commit)) => {
                self.blob(commit, &path).await?
            }
        };
        let data = content.map(|content| STANDARD.encode(content));
        Ok(data.map(|data| PictureSide { media_type: media_type.to_owned(), data }))
    }

    async fn file(&self, path: &[u8]) -> Result<Option<Vec<u8>>, Problem> {
        let Some(place) = place::find(&self.root, path)? else { return Ok(None) };
        blocking(move || {
            let mut content = Vec::new();
            let read = std::fs::File::open(place)
                .and_then(|file| file.take(LARGEST as u64 + 1).read_to_end(&mut content));
            Ok(read.is_ok_and(|read| read <= LARGEST).then_some(content))
        })
        .await
    }

    /// What a commit, or the index where none is named, has under that path.
    async fn blob(&self, commit: &str, path: &[u8]) -> Result<Option<Vec<u8>>, Problem> {
        let name = [commit.as_bytes(), b":", path].concat();
        let name = crate::git::paths::from_git(&name);
        let call = self.git.look(&self.root).args(["cat-file", "blob"]).arg(name);
        match call.limit(LARGEST).run().await {
            Ok(output) => Ok((!output.truncated).then_some(output.stdout)),
            Err(GitError::Failed { .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
