//! Files in conflict: looked at, resolved by the person, or handed to the session.

use bosk_core::review::merge::{ConflictFile, Conflicts, Operation, Resolution};
use bosk_core::review::told;
use bosk_core::{Problem, ProblemCode};

use super::Work;
use crate::client::send::send;
use crate::git::merge::{conflict, operation};
use crate::git::snapshot;

/// The most commits of each side that are told.
const TOLD: &str = "--max-count=20";

impl Work {
    /// What stands half-way in the folder, and which files are in conflict.
    ///
    /// # Errors
    /// Git failed.
    pub async fn conflicts(&self) -> Result<Conflicts, Problem> {
        let (git, folder) = (&self.git, &self.folder);
        let (operation, files, mut resolved) = tokio::try_join!(
            operation::half_way(git, folder),
            operation::unresolved(git, folder),
            operation::resolved(git, folder)
        )?;
        // Git remembers them for a while after all is over.
        if operation.is_none() && files.is_empty() {
            resolved.clear();
        }
        resolved.retain(|path| !files.contains(path));
        Ok(Conflicts { operation, files, resolved })
    }

    /// One of them, from three sides.
    ///
    /// # Errors
    /// It is not in conflict, or git failed.
    pub async fn conflict_file(&self, path: &str) -> Result<ConflictFile, Problem> {
        let operation = operation::half_way(&self.git, &self.folder).await?;
        conflict::file(&self.git, &self.folder, path, is_turned(operation)).await
    }

    /// Resolves one of them. The folder is kept in a snapshot before.
    ///
    /// # Errors
    /// The session is at work, the file is not as `stamp` saw it, or git failed.
    pub async fn resolve_conflict(
        &self,
        path: &str,
        stamp: &str,
        resolution: &Resolution,
    ) -> Result<Conflicts, Problem> {
        let _lock = self.lock().await?;
        self.require_rest().await?;
        let operation = operation::half_way(&self.git, &self.folder).await?;
        snapshot::take(&self.git, &self.folder, self.id()).await?;
        let turned = is_turned(operation);
        conflict::resolve(&self.git, &self.folder, path, stamp, resolution, turned).await?;
        self.conflicts().await
    }

    /// Asks the session to resolve them: which files, which branches, what both sides wanted.
    ///
    /// # Errors
    /// The session is at work, there is nothing to resolve, or the message cannot be sent.
    pub async fn hand_over_conflicts(&self) -> Result<(), Problem> {
        self.require_rest().await?;
        let Conflicts { operation, files, .. } = self.conflicts().await?;
        let (Some(operation), false) = (operation, files.is_empty()) else {
            return Err(Problem::new(
                ProblemCode::SessionState,
                "Nothing is in conflict in the session's folder, so nothing was sent.",
            ));
        };
        let (branch, other, sides) = self.sides(operation).await?;
        let ours = self.subjects(&sides.0, &files).await?;
        let theirs = self.subjects(&sides.1, &files).await?;
        let text = told::conflicts(&told::HalfWay {
            operation,
            branch: &branch,
            other: &other,
            files: &files,
            ours: &ours,
            theirs: &theirs,
        });
        send(&self.home, self.id(), &text).await.map(drop)
    }

    /// The session's branch, the other side as people call it, and the commits that each has alone.
    async fn sides(
        &self,
        operation: Operation,
    ) -> Result<(String, String, (String, String)), Problem> {
        let own = async |name: &str| {
            let file = operation::own_file(&self.git, &self.folder, name).await?;
            let text = std::fs::read_to_string(file).unwrap_or_default();
            Ok::<_, Problem>(text.lines().next().unwrap_or_default().trim().to_owned())
        };
        let base = self.session.base.clone();
        let short = |id: &str| id.chars().take(10).collect::<String>();
        Ok(match operation {
            Operation::Merge => {
                let other = own("MERGE_HEAD").await?;
                let name = base.unwrap_or_else(|| short(&other));
                (self.branch().await?, name, (format!("{other}..HEAD"), format!("HEAD..{other}")))
            }
            Operation::Rebase => {
                let (branch, onto) =
                    (own("rebase-merge/head-name").await?, own("rebase-merge/onto").await?);
                let head = own("rebase-merge/orig-head").await?;
                let branch = branch.strip_prefix("refs/heads/").unwrap_or(&branch).to_owned();
                let name = base.unwrap_or_else(|| short(&onto));
                (branch, name, (format!("{onto}..{head}"), format!("{head}..{onto}")))
            }
            Operation::CherryPick | Operation::Revert => {
                let name =
                    if operation == Operation::Revert { "REVERT_HEAD" } else { "CHERRY_PICK_HEAD" };
                let other = own(name).await?;
                let sides = (format!("{other}..HEAD"), format!("{other}^!"));
                (self.branch().await?, short(&other), sides)
            }
        })
    }

    /// The first lines of commits that touch the files.
    async fn subjects(&self, range: &str, files: &[String]) -> Result<Vec<String>, Problem> {
        let call = self.git.look(&self.folder).args(["log", TOLD, "--format=%s", "--no-merges"]);
        // A file more or less changes nothing in what is told, and an argument list has an end.
        let call = call.args(["--end-of-options", range, "--"]).args(files.iter().take(200));
        Ok(call.answer_or_nothing().await?.lines().map(str::to_owned).collect())
    }
}

/// In a rebase the branch's own commits are applied to the other side, so git's sides are turned around.
const fn is_turned(operation: Option<Operation>) -> bool {
    matches!(operation, Some(Operation::Rebase))
}
