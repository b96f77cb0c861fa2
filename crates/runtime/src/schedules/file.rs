//! The file of schedules: read whole, written whole under a lock. One that cannot be read is kept aside and said before
//! anything is written in its place.

use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::time::SystemTime;

use bosk_core::schedule::Schedule;
use bosk_core::{Problem, ProblemCode};

use crate::files;
use crate::home::{self, Home};

/// The file's name.
pub(crate) const SCHEDULES: &str = "schedules";

/// The largest file that is made or read: bytes.
const LARGEST: u64 = 32 << 20;

fn file(home: &Home) -> PathBuf {
    home.queue().join(SCHEDULES)
}

/// All schedules, in the order in which they were made.
///
/// # Errors
/// The file cannot be read; it stays where it is.
pub fn list(home: &Home) -> Result<Vec<Schedule>, Problem> {
    let damaged = |why: String| {
        Problem::new(
            ProblemCode::FileDamaged,
            format!("The schedules could not be read ({why}), so none of them runs."),
        )
        .hint("Mend the file `schedules` in the folder `queue` of Bosk's own; or make them anew, and it is kept aside.")
    };
    let path = file(home);
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.len() > LARGEST => return Err(damaged("it is too large".into())),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        _ => {}
    }
    let bytes = std::fs::read(&path).map_err(|error| home::unwritable(&error))?;
    serde_json::from_slice(&bytes).map_err(|error| damaged(error.to_string()))
}

/// Whether somebody has to be there for one of them.
#[must_use]
pub fn any_open(home: &Home) -> bool {
    list(home).is_ok_and(|all| all.iter().any(Schedule::is_open))
}

fn lock(home: &Home) -> Result<File, Problem> {
    let path = home.locks().join("schedules");
    let unwritable = |error: std::io::Error| home::unwritable(&error);
    let file =
        File::options().create(true).truncate(false).write(true).open(path).map_err(unwritable)?;
    file.lock().map_err(unwritable)?;
    Ok(file)
}

/// Changes them, durably. What is refused changes nothing.
pub(super) fn change<T>(
    home: &Home,
    change: impl FnOnce(&mut Vec<Schedule>) -> Result<T, Problem>,
) -> Result<T, Problem> {
    let _lock = lock(home)?;
    let mut all = match list(home) {
        Err(problem) if problem.code == ProblemCode::FileDamaged => {
            let aside = files::put_aside(&file(home)).map_err(|error| home::unwritable(&error))?;
            let text = format!("{} It is kept as `{}`.", problem.message, aside.display());
            return Err(Problem::new(problem.code, text).hint("Make the schedules anew."));
        }
        listed => listed?,
    };
    let before = all.clone();
    let changed = change(&mut all)?;
    if all != before {
        let bytes = serde_json::to_vec_pretty(&all)
            .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        if bytes.len() as u64 > LARGEST {
            let text = "The schedules would be larger than 32 MB together, so nothing was kept.";
            return Err(Problem::new(ProblemCode::InvalidInput, text).hint("Remove pictures."));
        }
        files::write_atomically(&file(home), &bytes).map_err(|error| home::unwritable(&error))?;
    }
    Ok(changed)
}

/// Does something while none of them can be turned on, unless one is.
pub(super) fn unless_open<T>(
    home: &Home,
    work: impl FnOnce() -> Result<T, Problem>,
) -> Result<Option<T>, Problem> {
    let _lock = lock(home)?;
    if any_open(home) { Ok(None) } else { work().map(Some) }
}

pub(super) fn unknown() -> Problem {
    Problem::new(ProblemCode::InvalidInput, "There is no such schedule.")
        .hint("`bosk schedule ls` lists them.")
}

/// When the file was written, and its length; what has the same was not written since.
pub(super) fn stamp(home: &Home) -> Option<(SystemTime, u64)> {
    let metadata = std::fs::metadata(file(home)).ok()?;
    Some((metadata.modified().ok()?, metadata.len()))
}
