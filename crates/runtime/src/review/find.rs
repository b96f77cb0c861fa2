//! Finding a file of a session's folder by a few letters. Not here: which are offered first ([`bosk_core::review::find`]).

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bosk_core::Problem;
use bosk_core::review::find::best;
use bosk_core::review::path::to_text;

use super::Reviewed;
use crate::cache::Cache;
use crate::client::blocking;

/// How long a list of files is believed: typing a few letters asks for one, and a new file is soon among them.
const LIFE: Duration = Duration::from_secs(3);

/// The most files that are offered.
const MOST: usize = 50;

/// The most that git lists, in bytes: some million files.
const LISTED: usize = 128 << 20;

/// The files of folders.
static FILES: Cache<PathBuf, (), Arc<Vec<String>>> = Cache::new(LIFE);

impl Reviewed {
    /// The files that git knows or could add whose paths have the letters of `query`, the best first.
    ///
    /// # Errors
    /// Git failed.
    pub async fn find_files(&self, query: String) -> Result<Vec<String>, Problem> {
        let files = match FILES.get(&self.root, &()) {
            Some(files) => files,
            None => self.all_files().await?,
        };
        // The letters of some hundred thousand paths take their time.
        blocking(move || {
            let found = best(files.iter().map(String::as_str), query.trim(), MOST);
            Ok(found.into_iter().map(str::to_owned).collect())
        })
        .await
    }

    async fn all_files(&self) -> Result<Arc<Vec<String>>, Problem> {
        let call =
            self.git.look(&self.root).limit(LISTED).args(["ls-files", "--deduplicate", "-z"]);
        let listed = call.args(["--cached", "--others", "--exclude-standard"]).run().await?;
        let files = Arc::new(listed.fields().map(to_text).collect::<Vec<_>>());
        FILES.keep(self.root.clone(), (), &files);
        Ok(files)
    }
}
