//! Looking at what a session has changed, file by file and line by line, and saying what is to be changed. Not here:
//! how git finds it out, and committing or merging it ([`merge`], [`commit`]).

pub mod comment;
pub mod commit;
pub mod ends;
pub mod find;
pub mod forge;
pub mod generated;
pub mod graph;
pub mod marks;
pub mod merge;
pub mod overlap;
pub mod patch;
pub mod path;
pub mod pick;
pub mod pointer;
pub mod propose;
pub mod remote;
pub mod told;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::git::ChangedFile;

/// What a folder is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Against {
    /// What the session started from, with what its base has got since left out.
    #[default]
    Base,
    /// The folder as it was before the person's last message.
    LastTurn,
    /// The commit at HEAD.
    Uncommitted,
    /// The index: what is not staged.
    Unstaged,
    /// The index compared with HEAD: what is staged.
    Staged,
}

/// A folder's changes, to be read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Review {
    /// What they are compared with.
    pub against: Against,
    /// The commit, as a person says it (a branch, a short id); none for the index.
    pub from: Option<String>,
    /// The files, in order of path: all that are listed at most.
    pub files: Vec<ReviewFile>,
    /// How many there are in all.
    pub total: u32,
    /// Lines added in the files listed.
    pub added: u32,
    /// Lines removed in the files listed.
    pub removed: u32,
    /// Whether even `total` is too low.
    pub more: bool,
    /// A merge or a rebase that stands half-way in the folder.
    pub operation: Option<merge::Operation>,
}

/// One changed file, as the list of a review shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct ReviewFile {
    /// What changed.
    #[serde(flatten)]
    pub file: ChangedFile,
    /// What of it is staged.
    pub staged: Staged,
    /// Whether it was made by a tool (a lock file, minified, marked `linguist-generated`), so that it is shown folded.
    pub generated: bool,
    /// Whether it is a picture that can be shown.
    pub picture: bool,
    /// Its size now, in bytes; none where it is gone.
    #[ts(type = "number | null")]
    pub bytes: Option<u64>,
    /// Stands for its content on both sides: another one is another change.
    pub stamp: String,
    /// Whether the person has marked exactly this change as read.
    pub viewed: bool,
}

/// What of a file's changes is in the index.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Staged {
    /// Nothing.
    None,
    /// Some.
    Part,
    /// All.
    All,
}

/// How a file's lines differ.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct FileLines {
    /// Unified diff, as git prints it; empty where the file is named rather than opened.
    pub text: String,
    /// Why it is not opened.
    pub closed: Option<Closed>,
    /// Whether the text was cut.
    pub truncated: bool,
    /// As in [`ReviewFile::stamp`], of what was read now.
    pub stamp: String,
    /// The diff's own fingerprint, to be handed back with lines that are picked from it.
    pub seen: String,
}

/// Why a file is named rather than opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Closed {
    /// Git takes it for binary, or it is kept by git LFS.
    Binary,
    /// It, or one of its lines, is too long to be read.
    Huge,
    /// It is another repository inside this one.
    Repository,
}

/// Which side of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Side {
    /// As it was.
    Old,
    /// As it is now.
    New,
}

/// A line of a diff.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct LineAt {
    /// A removed line is on the old side, an added one on the new side.
    pub side: Side,
    /// Its number there, from 1.
    pub line: u32,
}

/// Changes of one file that a person has picked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Picked {
    /// Its path from the worktree's root, with `/`.
    pub path: String,
    /// What it was called before, where it was renamed.
    pub old_path: Option<String>,
    /// The lines; all of the file where there are none named.
    pub lines: Option<Vec<LineAt>>,
    /// [`FileLines::seen`] of what they were picked from, or [`ReviewFile::stamp`] for a whole file.
    pub seen: String,
}

/// What is done with picked changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
#[ts(export)]
pub enum Deed {
    /// Into the index, from the folder.
    Stage,
    /// Out of the index again; the folder stays as it is.
    Unstage,
    /// Out of the folder.
    Revert,
}

/// A deed that can be taken back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Undo {
    /// Names it: the reference that keeps the state before.
    pub id: String,
    /// What was done.
    pub deed: Deed,
    /// To which files.
    pub paths: Vec<String>,
    /// When: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
}

/// A file as it can be edited in place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct EditedFile {
    /// Its text; none where it cannot be edited here.
    pub text: Option<String>,
    /// Why it cannot be.
    pub closed: Option<Closed>,
    /// Stands for its content, to be handed back when it is saved.
    pub stamp: String,
}

/// What a person has written in a file and not saved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Unsaved {
    /// The file, from the worktree's root.
    pub path: String,
    /// All of its text, as it was written.
    pub text: String,
    /// [`EditedFile::stamp`] of what it was written over.
    pub stamp: String,
    /// When the last of it was written: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
}

/// That there is such a text, of which file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct UnsavedFile {
    /// The file, from the worktree's root.
    pub path: String,
    /// When the last of it was written: milliseconds since 1970.
    #[ts(type = "number")]
    pub at: i64,
}

/// A picture, as it was or as it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct PictureSide {
    /// Such as `image/png`.
    pub media_type: String,
    /// Its bytes in base64.
    pub data: String,
}

/// Files that more than one session changes at the same time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Overlap {
    /// One of the sessions.
    pub one: crate::SessionId,
    /// The other.
    pub other: crate::SessionId,
    /// The files, in order: the first of them.
    pub paths: Vec<String>,
    /// How many there are in all.
    pub total: u32,
}
