//! Picked lines as patches: of which diff they are lines, and where the patch is applied. Not here: making the patch
//! ([`bosk_core::review::patch`]).

use std::collections::BTreeSet;

use bosk_core::git::ChangeKind;
use bosk_core::review::patch::{self, Head, Way};
use bosk_core::review::{Deed, LineAt};
use bosk_core::{Problem, ProblemCode};

use super::deeds::Choice;
use super::{Reviewed, changed_since};
use crate::git::compare::{Difference, Sides};
use crate::git::lines::{Lines, Wanted, lines};
use crate::git::put::{self, Where};

/// The largest diff of which lines can be picked, in bytes.
const LARGEST: usize = 64 << 20;

/// A link's mode.
const LINK: &str = "120000";

/// What is to be applied.
#[derive(Default)]
pub(super) struct Patches {
    pub(super) to_files: Vec<u8>,
    pub(super) to_index: Vec<u8>,
    /// The files that they change.
    pub(super) paths: Vec<Vec<u8>>,
}

impl Reviewed {
    /// The patches for lines that were picked; and the files of which that is all there is, which are done as a whole.
    pub(super) async fn patches(
        &self,
        deed: Deed,
        sides: &Sides,
        choices: Vec<Choice>,
    ) -> Result<(Patches, Vec<Choice>), Problem> {
        let (mut patches, mut whole) = (Patches::default(), Vec::new());
        for choice in choices {
            let picked: BTreeSet<LineAt> = choice.picked.lines.iter().flatten().copied().collect();
            let (of, way) = self.acts_on(deed, sides, &choice).await?;
            let found = self.whole_diff(&of, &choice).await?;
            let file = found.file.as_ref().ok_or_else(|| changed_since(&choice.picked.path))?;
            check_same(deed, sides, &choice, file)?;
            let hunks = patch::hunks(&found.diff).ok_or_else(|| not_lines(&choice))?;
            let one_sided =
                !file.old.is_there() || !file.new.is_there() || file.kind == ChangeKind::Untracked;
            if one_sided && patch::changed(&hunks) == picked {
                whole.push(choice);
                continue;
            }
            let is_link = file.old.mode == LINK || file.new.mode == LINK;
            if is_link || file.kind == ChangeKind::Retyped {
                return Err(not_lines(&choice));
            }
            let there = if way == Way::Do { &file.old } else { &file.new };
            let other = if way == Way::Do { &file.new } else { &file.old };
            // What is not tracked has no mode on the side that git looks at.
            let is_there =
                there.is_there() || (way == Way::Undo && one_sided && !file.old.is_there());
            let head =
                Head { path: &choice.path, made: (!is_there).then_some(other.mode.as_str()) };
            let made = patch::patch(head, &hunks, &picked, way);
            let made = made.ok_or_else(|| not_those(&choice))?;
            match deed {
                Deed::Stage | Deed::Unstage => patches.to_index.extend(made),
                Deed::Revert => {
                    if *sides != Sides::Index
                        && choice.is_staged()
                        && put::fits(&self.git, &self.root, Where::Index, made.clone()).await?
                    {
                        patches.to_index.extend_from_slice(&made);
                    }
                    patches.to_files.extend(made);
                }
            }
            patches.paths.push(choice.path);
        }
        Ok((patches, whole))
    }

    /// The sides between which the lines lie that the deed does or undoes.
    async fn acts_on(
        &self,
        deed: Deed,
        sides: &Sides,
        choice: &Choice,
    ) -> Result<(Sides, Way), Problem> {
        Ok(match (deed, sides) {
            (Deed::Stage, _) => (Sides::Index, Way::Do),
            (Deed::Unstage, Sides::Staged(_)) => (sides.clone(), Way::Undo),
            (Deed::Unstage, _) if choice.is_as_in_index() => {
                (Sides::Staged(self.head().await?), Way::Undo)
            }
            (Deed::Unstage, _) => return Err(only_from("staged", choice)),
            // The folder is as the index is: that was looked at before.
            (Deed::Revert, Sides::Staged(commit)) => (Sides::Commit(commit.clone()), Way::Undo),
            (Deed::Revert, _) => (sides.clone(), Way::Undo),
        })
    }

    async fn whole_diff(&self, of: &Sides, choice: &Choice) -> Result<Lines, Problem> {
        let wanted = Wanted { ignore_space: false, context: 3, limit: LARGEST };
        let old_path = choice.file.old_path.as_deref();
        let names = (choice.path.as_slice(), old_path);
        let found = lines(&self.git, &self.root, of, names, wanted).await?;
        match found.truncated {
            false => Ok(found),
            true => Err(not_lines(choice)),
        }
    }
}

/// The lines were picked from one comparison and are done in another: their numbers hold where both sides are the same.
fn check_same(
    deed: Deed,
    sides: &Sides,
    choice: &Choice,
    file: &Difference,
) -> Result<(), Problem> {
    let is_same =
        choice.file.old == file.old || (!choice.file.old.is_there() && !file.old.is_there());
    match (deed, sides) {
        (Deed::Stage, Sides::Index) | (Deed::Revert, _) | (Deed::Unstage, Sides::Staged(_)) => {
            Ok(())
        }
        (Deed::Stage, Sides::Staged(_)) => Err(only_from("not staged", choice)),
        _ if is_same => Ok(()),
        (Deed::Unstage, _) => Err(only_from("staged", choice)),
        (Deed::Stage, _) => Err(only_from("not staged", choice)),
    }
}

/// Why it cannot be done from the comparison that was looked at.
pub(super) fn only_from(which: &str, choice: &Choice) -> Problem {
    let path = &choice.picked.path;
    let text = format!("`{path}` differs there from what you looked at, so nothing was done.");
    Problem::new(ProblemCode::SessionState, text)
        .hint(format!("Look at what is {which}, and pick it there."))
}

fn not_lines(choice: &Choice) -> Problem {
    let path = &choice.picked.path;
    let text = format!("Single lines of `{path}` cannot be picked, so nothing was done.");
    Problem::new(ProblemCode::InvalidInput, text).hint("Take the whole file.")
}

fn not_those(choice: &Choice) -> Problem {
    let path = &choice.picked.path;
    let text = format!("Some of the lines picked in `{path}` are no changes, so nothing was done.");
    Problem::new(ProblemCode::InvalidInput, text)
        .hint("Look at it without leaving white space out, and pick them there.")
}
