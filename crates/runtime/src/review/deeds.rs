//! Staging, unstaging and reverting what a person has picked. Before each, the state is kept, so that it can be taken
//! back; what half succeeds is taken back at once. Not here: patches of single lines ([`super::picked_lines`]).

use std::collections::{BTreeMap, HashSet};

use bosk_core::git::ChangeKind;
use bosk_core::review::path::to_text;
use bosk_core::review::{Against, Deed, Picked, Undo};
use bosk_core::{Problem, ProblemCode};

use super::lines::WITHOUT_SPACE;
use super::picked_lines::only_from;
use super::undo::State;
use super::{Reviewed, changed_since, lines, place};
use crate::client::blocking;
use crate::git::compare::{Compared, Difference, Sides, Standing, compare, named};
use crate::git::put::{self, Entries, Where};
use crate::git::{checkpoint, deed, paths};

/// What is picked of one file, with how it differs.
pub(super) struct Choice {
    pub(super) path: Vec<u8>,
    pub(super) picked: Picked,
    pub(super) file: Difference,
    pub(super) standing: Option<Standing>,
    /// What stands for the file as it was seen.
    identity: String,
}

impl Choice {
    /// The file, and what it was called before.
    fn paths(&self) -> impl Iterator<Item = Vec<u8>> {
        [Some(self.path.clone()), self.file.old_path.clone()].into_iter().flatten()
    }

    /// Whether the index differs from HEAD.
    pub(super) const fn is_staged(&self) -> bool {
        matches!(self.standing, Some(Standing::Differs { index: true, .. }))
    }

    /// Whether file and index are the same.
    pub(super) const fn is_as_in_index(&self) -> bool {
        matches!(self.standing, None | Some(Standing::Differs { file: false, .. }))
    }
}

impl Reviewed {
    /// Does it to what was picked from that comparison.
    ///
    /// # Errors
    /// A file has changed since, it cannot be done to it, or git failed. Then all is as it was.
    pub async fn do_picked(
        &self,
        deed: Deed,
        against: Against,
        picked: Vec<Picked>,
    ) -> Result<Undo, Problem> {
        let (sides, _) = self.sides(against).await?;
        let choices = self.choices(deed, &sides, picked).await?;
        let mut seen =
            self.identities(choices.iter().filter_map(|one| one.file.old_path.clone())).await?;
        seen.extend(choices.iter().map(|one| (one.path.clone(), one.identity.clone())));
        let (whole, some): (Vec<_>, Vec<_>) =
            choices.into_iter().partition(|choice| choice.picked.lines.is_none());
        let (patches, more) = self.patches(deed, &sides, some).await?;
        let whole: Vec<Choice> = whole.into_iter().chain(more).collect();
        let mut files: Vec<Vec<u8>> = whole.iter().flat_map(Choice::paths).collect();
        files.extend(patches.paths.iter().cloned());
        files.sort();
        files.dedup();
        let plan = self.plan(deed, &sides, &whole).await?;

        let before = deed::before(&self.git, &self.root, &self.id).await?;
        let index = put::of_index(&self.git, &self.root, &files).await?;
        let mut state = State::before(deed, &before.commit, &files, index);
        if deed == Deed::Revert {
            self.require_held(&before.commit, &files).await?;
        }
        // Once more, right before: whoever works there goes on meanwhile.
        let now = self.identities(seen.keys().cloned()).await?;
        if let Some((path, _)) = seen.iter().find(|(path, was)| now.get(*path) != Some(*was)) {
            return Err(changed_since(&to_text(path)));
        }
        let targets = (plan.files.clone(), plan.files_to.clone());
        let mut patched = BTreeMap::new();
        let done = async {
            if !patches.to_files.is_empty() {
                put::apply(&self.git, &self.root, Where::Files, patches.to_files).await?;
                patched = self.identities(patches.paths.iter().cloned()).await?;
            }
            if !patches.to_index.is_empty() {
                put::apply(&self.git, &self.root, Where::Index, patches.to_index).await?;
            }
            self.perform(plan).await
        };
        let done: Result<(), Problem> = done.await;
        if let Err(problem) = done {
            let back = async {
                let written = self.written(&before.commit, &targets, &patched).await?;
                self.put_back(&state, &written).await
            };
            if let Err(second) = back.await {
                let text =
                    format!("{} What was done of it stays: {}", problem.message, second.message);
                return Err(Problem::new(problem.code, text)
                    .hint(format!("The state before is kept as commit {}.", before.commit)));
            }
            return Err(problem);
        }
        self.look_after(&mut state).await?;
        self.keep(&before, &state).await
    }

    /// What stands for these files now.
    async fn identities(
        &self,
        files: impl Iterator<Item = Vec<u8>>,
    ) -> Result<BTreeMap<Vec<u8>, String>, Problem> {
        let mut found = BTreeMap::new();
        for file in files {
            let identity = self.look(&file).await?.identity;
            found.insert(file, identity);
        }
        Ok(found)
    }

    /// Refuses where a file would be overwritten that the snapshot does not hold: git ignores it, and it would be gone
    /// for good.
    pub(super) async fn require_held(
        &self,
        snapshot: &str,
        files: &[Vec<u8>],
    ) -> Result<(), Problem> {
        let held = put::of_commit(&self.git, &self.root, snapshot, files).await?;
        let held: HashSet<_> = held.keys().map(|file| paths::from_git(file)).collect();
        let (root, files) = (self.root.clone(), files.to_vec());
        blocking(move || {
            let mut places = files.iter().map(|file| paths::from_git(file));
            match places.find_map(|place| checkpoint::stranger(&root, &place, &held)) {
                None => Ok(()),
                Some(place) => Err(occupied(&place)),
            }
        })
        .await
    }

    /// The files that a deed which failed has written: those that are as it would have them and were not before.
    /// Whatever else they are by now, somebody else has done.
    async fn written(
        &self,
        before: &str,
        (files, to): &(Vec<Vec<u8>>, Entries),
        patched: &BTreeMap<Vec<u8>, String>,
    ) -> Result<Vec<Vec<u8>>, Problem> {
        let now = deed::before(&self.git, &self.root, &self.id).await?.commit;
        let was = put::of_commit(&self.git, &self.root, before, files).await?;
        let is = put::of_commit(&self.git, &self.root, &now, files).await?;
        let ours =
            |file: &&Vec<u8>| is.get(*file) == to.get(*file) && is.get(*file) != was.get(*file);
        let mut written: Vec<Vec<u8>> = files.iter().filter(ours).cloned().collect();
        let now = self.identities(patched.keys().cloned()).await?;
        let still = patched.iter().filter(|(file, identity)| now.get(*file) == Some(*identity));
        written.extend(still.map(|(file, _)| file.clone()));
        Ok(written)
    }

    /// How each picked file differs now: the same as when it was picked.
    async fn choices(
        &self,
        deed: Deed,
        sides: &Sides,
        picked: Vec<Picked>,
    ) -> Result<Vec<Choice>, Problem> {
        if picked.is_empty() {
            return Err(Problem::new(ProblemCode::InvalidInput, "Nothing was picked."));
        }
        let Compared { mut files, standings, .. } =
            compare(&self.git, &self.root, sides, false).await?;
        let mut choices = Vec::with_capacity(picked.len());
        for picked in picked {
            let path = named(&picked.path)?;
            place::within(&self.root, path.strip_suffix(b"/").unwrap_or(&path))?;
            let file = files.remove(&path).ok_or_else(|| changed_since(&picked.path))?;
            if file.kind == ChangeKind::Conflicted {
                let text = format!("`{}` is in conflict, so nothing was done.", picked.path);
                return Err(Problem::new(ProblemCode::SessionState, text).hint("Resolve it first."));
            }
            let is_repository = file.old.is_repository() || file.new.is_repository();
            if is_repository || path.ends_with(b"/") {
                let text = format!("`{}` is another repository, so nothing was done.", picked.path);
                return Err(Problem::new(ProblemCode::InvalidInput, text)
                    .hint("Change it there, or use git itself."));
            }
            let seen = self.look(&path).await?;
            let was = picked.seen.strip_prefix(WITHOUT_SPACE).unwrap_or(&picked.seen);
            if lines::stamp(Some(&file), sides, &seen) != was {
                return Err(changed_since(&picked.path));
            }
            let (standing, identity) = (standings.get(&path).copied(), seen.identity);
            let choice = Choice { standing, path, picked, file, identity };
            // The folder may hold more than what was looked at.
            if deed == Deed::Revert && !sides.has_files() && !choice.is_as_in_index() {
                return Err(only_from("not staged", &choice));
            }
            choices.push(choice);
        }
        Ok(choices)
    }

    /// What is to be done to whole files.
    async fn plan(&self, deed: Deed, sides: &Sides, whole: &[Choice]) -> Result<Plan, Problem> {
        let mut plan = Plan::default();
        let files: Vec<Vec<u8>> = whole.iter().flat_map(Choice::paths).collect();
        match deed {
            Deed::Stage => plan.stage = files,
            Deed::Unstage => {
                let head = self.head().await?;
                plan.index_to = put::of_commit(&self.git, &self.root, &head, &files).await?;
                plan.index = files;
            }
            Deed::Revert => {
                plan.files_to = match sides {
                    Sides::Commit(commit) | Sides::Staged(commit) => {
                        put::of_commit(&self.git, &self.root, commit, &files).await?
                    }
                    Sides::Index => put::of_index(&self.git, &self.root, &files).await?,
                };
                if sides != &Sides::Index {
                    let staged = whole.iter().filter(|choice| choice.is_staged());
                    plan.index = staged.flat_map(Choice::paths).collect();
                    let head = self.head().await?;
                    plan.index_to =
                        put::of_commit(&self.git, &self.root, &head, &plan.index).await?;
                }
                plan.files = files;
            }
        }
        Ok(plan)
    }

    async fn perform(&self, plan: Plan) -> Result<(), Problem> {
        if !plan.stage.is_empty() {
            put::index_as_files(&self.git, &self.root, &plan.stage).await?;
        }
        if !plan.index.is_empty() {
            put::index_as(&self.git, &self.root, &plan.index, &plan.index_to).await?;
        }
        self.files_as(&plan.files, &plan.files_to).await
    }

    /// Has these files be as `entries` has them; where it has none, they go, and folders that are empty then.
    pub(super) async fn files_as(
        &self,
        files: &[Vec<u8>],
        entries: &Entries,
    ) -> Result<(), Problem> {
        let (root, all) = (self.root.clone(), files.to_vec());
        let gone: Vec<Vec<u8>> =
            files.iter().filter(|file| !entries.contains_key(*file)).cloned().collect();
        blocking(move || {
            all.iter().try_for_each(|file| free(&root, file))?;
            gone.iter().try_for_each(|file| remove(&root, file))
        })
        .await?;
        put::files_as(&self.git, &self.root, entries).await
    }
}

/// What is to be done to whole files.
#[derive(Default)]
struct Plan {
    /// The index takes them as they are.
    stage: Vec<Vec<u8>>,
    /// The index takes them from `index_to`.
    index: Vec<Vec<u8>>,
    index_to: Entries,
    /// They become what `files_to` has.
    files: Vec<Vec<u8>>,
    files_to: Entries,
}

/// A folder in a file's place would be emptied by git, and a file or a link in a folder's would go.
fn free(root: &std::path::Path, file: &[u8]) -> Result<(), Problem> {
    let place = place::direct(root, file)?;
    let mut above = place.ancestors().skip(1).take_while(|folder| *folder != root);
    let is_blocked = above.any(|folder| folder.exists() && !folder.is_dir());
    if is_blocked || place.symlink_metadata().is_ok_and(|one| one.is_dir()) {
        return Err(occupied(&place));
    }
    Ok(())
}

fn occupied(place: &std::path::Path) -> Problem {
    let shown = place.display();
    let text = format!("Something else is where `{shown}` is to be, so nothing was done.");
    Problem::new(ProblemCode::SessionState, text)
        .hint("Nothing else holds what lies there: move it somewhere else, then try again.")
}

fn remove(root: &std::path::Path, file: &[u8]) -> Result<(), Problem> {
    let place = root.join(paths::from_git(file));
    match std::fs::remove_file(&place) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            let text = format!("`{}` cannot be removed: {error}.", place.display());
            return Err(Problem::new(ProblemCode::WorktreeFailed, text));
        }
        _ => {}
    }
    // As git does: a folder is there for its files.
    for folder in place.ancestors().skip(1).take_while(|folder| *folder != root) {
        if std::fs::remove_dir(folder).is_err() {
            break;
        }
    }
    Ok(())
}
