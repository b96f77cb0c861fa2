//! `cargo xtask bindings`: writes core's types as TypeScript into ui/src/backend/bindings, which is this command's alone:
//! no other tool formats or checks what is in it.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    command::Cmd,
    error::{Error, Result, at},
    layout,
};

type Files = BTreeMap<PathBuf, String>;

/// Generates them anew; what core no longer has goes. With `check`, a difference from what was there is an error.
pub(crate) fn run(check: bool) -> Result {
    let folder = layout::ui().join("src/backend/bindings");
    let before = read(&folder)?;
    let generated = generate()?;
    let stale = differing(&before, &generated);
    println!("bindings: {} types, {} changed", generated.len(), stale.len());
    if stale.is_empty() {
        return Ok(());
    }
    write(&folder, &generated)?;
    if check {
        return Err(Error::Unexpected {
            what: format!("The page's types were not those of core: {}", stale.join(", ")),
            hint: "They are generated anew now: look at the change and commit it.".to_owned(),
        });
    }
    Ok(())
}

/// ts-rs writes each type from a test of its own, beside whatever is in the folder: so into an empty one first.
fn generate() -> Result<Files> {
    let folder = layout::target().join("bindings-new");
    if folder.exists() {
        fs::remove_dir_all(&folder).map_err(at(&folder))?;
    }
    Cmd::cargo("test --quiet -p bosk-core --lib export_bindings")
        .env("TS_RS_EXPORT_DIR", &folder)
        .captured()?;
    let files = read(&folder)?;
    if files.is_empty() {
        return Err(Error::Unexpected {
            what: "bosk-core exported no types at all.".to_owned(),
            hint: "Types for the page carry #[derive(TS)] and #[ts(export)].".to_owned(),
        });
    }
    Ok(files)
}

fn write(folder: &Path, files: &Files) -> Result {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(at(folder))?;
    }
    for (name, content) in files {
        let path = folder.join(name);
        let parent = path.parent().unwrap_or(folder);
        fs::create_dir_all(parent).map_err(at(parent))?;
        fs::write(&path, content).map_err(at(&path))?;
    }
    Ok(())
}

/// All files below a folder by their relative path; none when it is not there.
fn read(folder: &Path) -> Result<Files> {
    let mut files = Files::new();
    let mut open = if folder.exists() { vec![folder.to_owned()] } else { vec![] };
    while let Some(next) = open.pop() {
        for entry in fs::read_dir(&next).map_err(at(&next))? {
            let path = entry.map_err(at(&next))?.path();
            if path.is_dir() {
                open.push(path);
            } else if let Ok(name) = path.strip_prefix(folder) {
                files.insert(name.to_owned(), fs::read_to_string(&path).map_err(at(&path))?);
            }
        }
    }
    Ok(files)
}

/// Names that are in one only, or whose contents differ.
fn differing(before: &Files, after: &Files) -> Vec<String> {
    let names: std::collections::BTreeSet<_> = before.keys().chain(after.keys()).collect();
    let differs = |name: &&&PathBuf| before.get(**name) != after.get(**name);
    names.iter().filter(differs).map(|name| name.display().to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_stale_files_are_all_seen() {
        let files = |pairs: &[(&str, &str)]| -> Files {
            pairs.iter().map(|(name, text)| (PathBuf::from(name), (*text).to_owned())).collect()
        };
        let before = files(&[("Kept.ts", "a"), ("Changed.ts", "a"), ("Stale.ts", "a")]);
        let after = files(&[("Kept.ts", "a"), ("Changed.ts", "b"), ("New.ts", "a")]);
        assert_eq!(differing(&before, &after), ["Changed.ts", "New.ts", "Stale.ts"]);
    }
}
