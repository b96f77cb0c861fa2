//! A person's own templates: one file, written whole. One that cannot be read is kept aside and said.

use std::fs::File;
use std::io::ErrorKind;
use std::path::PathBuf;

use bosk_core::template::Template;
use bosk_core::{Problem, ProblemCode};

use crate::files;
use crate::home::{self, Home};

/// Most that there may be.
const MOST: usize = 500;

/// The largest file that is made or read: bytes.
const LARGEST: u64 = 8 << 20;

fn file(home: &Home) -> PathBuf {
    home.path().join("templates.json")
}

/// They, and what is wrong with the file: it stands aside then under another name.
pub(super) fn load(home: &Home) -> (Vec<Template>, Option<Problem>) {
    let why = match read(home) {
        Ok(templates) => return (templates, None),
        Err(error) => error,
    };
    // Too many open files, say: it is as it was, and the next look finds it.
    if !matches!(
        why.kind(),
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof | ErrorKind::FileTooLarge
    ) {
        let text = format!("Your templates could not be read: {why}. The file stays as it is.");
        return (Vec::new(), Some(Problem::new(ProblemCode::FileDamaged, text).hint("Try again.")));
    }
    let aside = match files::put_aside(&file(home)) {
        Ok(aside) => format!("They are kept as `{}`.", aside.display()),
        Err(error) => format!("The file could not be put aside: {error}."),
    };
    let text = format!("Your templates could not be read ({why}). {aside}");
    let problem = Problem::new(ProblemCode::FileDamaged, text);
    (Vec::new(), Some(problem.hint("Mend the file and put it back, or save what you need again.")))
}

fn read(home: &Home) -> std::io::Result<Vec<Template>> {
    let path = file(home);
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.len() > LARGEST => return Err(ErrorKind::FileTooLarge.into()),
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        _ => {}
    }
    Ok(serde_json::from_slice(&std::fs::read(path)?)?)
}

/// Keeps one, in the place of one with the same name for the same repository.
pub(super) fn save(home: &Home, template: Template) -> Result<(), Problem> {
    change(home, |all| {
        let same =
            |one: &Template| one.name == template.name && one.repository == template.repository;
        match all.iter().position(same) {
            Some(at) => all[at] = template,
            None if all.len() >= MOST => {
                let text = format!("There can be {MOST} templates, and so many there are.");
                return Err(Problem::new(ProblemCode::InvalidInput, text)
                    .hint("Remove one that is not needed any more."));
            }
            None => all.push(template),
        }
        Ok(())
    })
}

/// Removes one.
pub(super) fn remove(home: &Home, name: &str, repository: Option<&str>) -> Result<(), Problem> {
    change(home, |all| {
        let before = all.len();
        all.retain(|one| one.name != name || one.repository.as_deref() != repository);
        if all.len() < before {
            return Ok(());
        }
        let text = "You have no template of that name there, so nothing was removed.";
        Err(Problem::new(ProblemCode::InvalidInput, text).hint("`bosk template ls` lists them."))
    })
}

fn change(
    home: &Home,
    change: impl FnOnce(&mut Vec<Template>) -> Result<(), Problem>,
) -> Result<(), Problem> {
    let unwritable = |error: std::io::Error| home::unwritable(&error);
    let path = home.locks().join("templates");
    let lock =
        File::options().create(true).truncate(false).write(true).open(path).map_err(unwritable)?;
    lock.lock().map_err(unwritable)?;
    let mut all = match load(home) {
        (all, None) => all,
        (_, Some(problem)) => return Err(problem),
    };
    change(&mut all)?;
    let bytes = serde_json::to_vec_pretty(&all)
        .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
    if bytes.len() as u64 > LARGEST {
        let text = "Your templates would be larger than 8 MB together, so this one was not kept.";
        return Err(Problem::new(ProblemCode::InvalidInput, text).hint("Make it shorter."));
    }
    files::write_atomically(&file(home), &bytes).map_err(unwritable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(name: &str, repository: Option<&str>) -> Template {
        let (name, repository) = (name.to_owned(), repository.map(str::to_owned));
        Template { name, shared: false, repository, launch: Default::default() }
    }

    #[test]
    fn they_are_kept_by_name_and_repository() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        for one in [template("fix", None), template("fix", Some("/r")), template("fix", None)] {
            save(&home, one).unwrap();
        }
        assert_eq!(load(&home).0.len(), 2);
        remove(&home, "fix", None).unwrap();
        assert_eq!(load(&home), (vec![template("fix", Some("/r"))], None));
        assert!(remove(&home, "fix", None).is_err());
    }

    #[test]
    fn a_damaged_file_is_kept_aside_and_said_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        std::fs::write(file(&home), b"[{\"name\":").unwrap();
        let problem = save(&home, template("fix", None)).unwrap_err();
        assert_eq!(problem.code, ProblemCode::FileDamaged);
        let aside = folder.path().join("templates.json.damaged-1");
        assert_eq!(std::fs::read(aside).unwrap(), b"[{\"name\":");
        save(&home, template("fix", None)).unwrap();
        assert_eq!(load(&home).0.len(), 1);
    }
}
