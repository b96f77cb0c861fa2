//! Which sessions change the same files. Pure: what each has changed comes in. Not here: when it is looked at.

use std::collections::{BTreeMap, BTreeSet};

use super::Overlap;
use super::path::to_text;
use crate::SessionId;

/// Most files of a pair that are named.
const NAMED: usize = 20;

/// Most pairs that are told.
const PAIRS: usize = 200;

/// What a session that is alive has changed.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Changing {
    /// Its repository.
    pub repository: String,
    /// The folder it works in.
    pub folder: String,
    /// The files, as git names them.
    pub files: BTreeSet<Vec<u8>>,
}

/// The pairs of sessions that work in different folders of one repository and change the same files.
#[must_use]
pub fn overlaps(sessions: &BTreeMap<SessionId, Changing>) -> Vec<Overlap> {
    let mut found = Vec::new();
    for (at, (one, first)) in sessions.iter().enumerate() {
        for (other, second) in sessions.iter().skip(at + 1) {
            if first.repository != second.repository || first.folder == second.folder {
                continue;
            }
            let both: Vec<&Vec<u8>> = first.files.intersection(&second.files).collect();
            if !both.is_empty() && found.len() < PAIRS {
                found.push(Overlap {
                    one: one.clone(),
                    other: other.clone(),
                    paths: both.iter().take(NAMED).map(|path| to_text(path)).collect(),
                    total: u32::try_from(both.len()).unwrap_or(u32::MAX),
                });
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(number: u32) -> SessionId {
        SessionId::parse(&format!("{number:08x}-0000-4000-8000-000000000000")).unwrap()
    }

    fn changing(repository: &str, folder: &str, files: &[&str]) -> Changing {
        let files = files.iter().map(|file| file.as_bytes().to_vec()).collect();
        Changing { repository: repository.to_owned(), folder: folder.to_owned(), files }
    }

    #[test]
    fn only_other_folders_of_the_same_repository_count() {
        let sessions = BTreeMap::from([
            (id(1), changing("/r", "/w/1", &["a", "b", "c"])),
            (id(2), changing("/r", "/w/2", &["c", "b"])),
            (id(3), changing("/r", "/w/2", &["b"])),
            (id(4), changing("/other", "/w/4", &["a", "b"])),
            (id(5), changing("/r", "/w/5", &["d"])),
        ]);
        let pair = |one, other, paths: &[&str]| Overlap {
            one: id(one),
            other: id(other),
            paths: paths.iter().map(|path| (*path).to_owned()).collect(),
            total: u32::try_from(paths.len()).unwrap(),
        };
        assert_eq!(overlaps(&sessions), [pair(1, 2, &["b", "c"]), pair(1, 3, &["b"])]);
    }

    #[test]
    fn what_is_told_is_bounded() {
        let files: Vec<String> = (0..500).map(|at| format!("f{at:03}")).collect();
        let files: Vec<&str> = files.iter().map(String::as_str).collect();
        let session = |at: u32| (id(at), changing("/r", &format!("/w/{at}"), &files));
        let found = overlaps(&(0..40).map(session).collect());
        assert_eq!((found.len(), found[0].paths.len(), found[0].total), (PAIRS, NAMED, 500));
    }
}
