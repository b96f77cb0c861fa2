//! Reading and writing the settings that matter. A file that cannot be read is kept aside and said;
//! it is never silently replaced by defaults. Not here: what the settings mean.

use std::io::ErrorKind;

use bosk_core::settings::Settings;
use bosk_core::worktree::expiry::Keep;
use bosk_core::{Problem, ProblemCode};

use crate::files;
use crate::home::{self, Home};

/// Reads the settings. The problem, if any, is for the person: the settings are then the defaults,
/// and the unreadable file stands aside under another name.
#[must_use]
pub fn load(home: &Home) -> (Settings, Option<Problem>) {
    let why = match read(home) {
        Ok(settings) => return (settings, None),
        Err(error) => error,
    };
    let aside = match files::put_aside(&home.settings()) {
        Ok(aside) => format!("It is kept as `{}`.", aside.display()),
        Err(error) => format!("It could not be put aside: {error}."),
    };
    let problem = Problem::new(
        ProblemCode::FileDamaged,
        format!("Bosk's settings could not be read ({why}), so the defaults are used. {aside}"),
    )
    .hint("Set what you need again, or mend the file and put it back.");
    (Settings::default(), Some(problem))
}

/// Reads the settings for whoever can tell nobody what is wrong with them: an unreadable file stays
/// where it is, for somebody who can.
#[must_use]
pub fn peek(home: &Home) -> Settings {
    read(home).unwrap_or_default()
}

/// How long things are kept, for whoever deletes what is older: never by the defaults where the person may have set
/// something else.
///
/// # Errors
/// The settings cannot be read, or could not be and stand aside.
pub fn keep(home: &Home) -> Result<Keep, Problem> {
    let unsure = |why: &str| {
        let text = format!("{why}, so nothing that was put away has expired.");
        Problem::new(ProblemCode::FileDamaged, text)
            .hint("Set what you need again, or mend the file and put it back.")
    };
    let settings = read(home)
        .map_err(|error| unsure(&format!("Bosk's settings could not be read ({error})")))?;
    let stands_aside = || {
        let aside = home.settings().with_extension("json.damaged-1");
        home.settings().symlink_metadata().is_err() && aside.symlink_metadata().is_ok()
    };
    if stands_aside() {
        return Err(unsure("Bosk's settings could not be read and were put aside"));
    }
    Ok(settings.keep())
}

pub(crate) fn read(home: &Home) -> std::io::Result<Settings> {
    match std::fs::read(home.settings()) {
        Ok(bytes) => Ok(serde_json::from_slice(&bytes)?),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Settings::default()),
        Err(error) => Err(error),
    }
}

/// Writes the settings, durably.
///
/// # Errors
/// Whatever the file system says; the old settings then stay.
pub fn save(home: &Home, settings: &Settings) -> Result<(), Problem> {
    let bytes = serde_json::to_vec_pretty(settings)
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
    files::write_atomically(&home.settings(), &bytes).map_err(|error| home::unwritable(&error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_file_is_kept_aside_and_said() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        let wanted = Settings { api_billing: true, ..Settings::default() };
        save(&home, &wanted).unwrap();
        assert_eq!(keep(&home), Ok(wanted.keep()));
        assert_eq!(load(&home), (wanted, None));
        for turn in 1..3 {
            std::fs::write(home.settings(), b"{\"api_billing\": tr").unwrap();
            assert_eq!(peek(&home), Settings::default());
            assert!(keep(&home).is_err());
            let (settings, problem) = load(&home);
            assert_eq!(settings, Settings::default());
            assert_eq!(problem.unwrap().code, ProblemCode::FileDamaged);
            let aside = folder.path().join(format!("settings.json.damaged-{turn}"));
            assert_eq!(std::fs::read(aside).unwrap(), b"{\"api_billing\": tr");
            assert!(keep(&home).is_err(), "what was set is not known");
        }
        assert_eq!(load(&home), (Settings::default(), None));
        save(&home, &Settings::default()).unwrap();
        assert_eq!(keep(&home), Ok(Settings::default().keep()));
    }
}
