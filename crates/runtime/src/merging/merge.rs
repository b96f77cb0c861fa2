//! Bringing a session's branch into another one.

use std::path::Path;
use std::time::Duration;

use bosk_core::git::Head;
use bosk_core::review::merge::{MergeHow, MergePlan, Merged};
use bosk_core::{Problem, ProblemCode};

use super::Work;
use crate::git::merge::advance::{self, Advance};
use crate::git::merge::built::Signing;
use crate::git::merge::{status, tree};

/// The most other branches that are offered.
const TARGETS: usize = 200;

/// How long signing one commit may take.
const SIGNING: Duration = Duration::from_secs(60);

impl Work {
    /// What bringing the branch into `target` (none: its base) would meet. Touches nothing, but for what somebody who was
    /// killed had left half-done.
    ///
    /// # Errors
    /// There is no such branch, there is nothing to merge, or git failed.
    pub async fn merge_plan(
        &self,
        target: Option<&str>,
        how: MergeHow,
    ) -> Result<MergePlan, Problem> {
        drop(self.lock().await?);
        let (branch, head) = (self.branch().await?, self.head().await?);
        let (target, target_head) = self.target(target, &branch).await?;
        let (git, folder) = (&self.git, &self.folder);
        let foreseen = tree::foresee(git, folder, how, &target_head, &head).await?;
        let checkout = match advance::checkout_of(&self.repository, &target).await? {
            Some(place) => Some(advance::look(git, &place, &target_head, &foreseen.tree).await?),
            None => None,
        };
        let (behind, ahead) = self.apart(&target_head, &head).await?;
        let message = match how {
            MergeHow::Merge => format!("Merge branch '{branch}' into {target}"),
            MergeHow::Squash => self.message().await?,
            MergeHow::Rebase => String::new(),
        };
        let mut others = self.targets(&branch).await?;
        others.retain(|other| *other != target);
        Ok(MergePlan {
            targets: others,
            uncommitted: !status::unclean(git, folder).await?.is_empty(),
            conflicts: foreseen.conflicts,
            branch,
            head,
            target,
            target_head,
            ahead,
            behind,
            checkout,
            message,
        })
    }

    /// Brings it there.
    ///
    /// # Errors
    /// Either branch has moved since the plan, there are conflicts, it cannot be signed, something is in the way where the
    /// target is checked out or a session is at work there, or git failed. Then both are as they were.
    pub async fn merge(
        &self,
        how: MergeHow,
        target: &str,
        (head, target_head): (&str, &str),
        message: &str,
    ) -> Result<Merged, Problem> {
        let _lock = self.lock().await?;
        let branch = self.branch().await?;
        advance::require_at(&self.repository, &branch, head).await?;
        advance::require_at(&self.repository, target, target_head).await?;
        let (git, folder) = (&self.git, &self.folder);
        let foreseen = tree::foresee(git, folder, how, target_head, head).await?;
        let sides = (target_head, head);
        let signing = Signing { patience: SIGNING, otherwise: "nothing was merged" };
        let sign = self.signs().await?.then_some(signing);
        let commit = tree::build(git, folder, how, sides, message, &foreseen, sign).await?;
        let deed = match how {
            MergeHow::Merge => "merge",
            MergeHow::Squash => "squash",
            MergeHow::Rebase => "rebase",
        };
        self.advance(target, target_head, &commit, format!("{deed} {branch}")).await?;
        let merged = Merged { commit, before: target_head.to_owned() };
        self.note_merged(target, &merged);
        Ok(merged)
    }

    /// Takes a merge back.
    ///
    /// # Errors
    /// It is no merge that Bosk has made for this session, the target has moved since, something is in the way where it is checked out or a session is at work there, or git
    /// failed. Then all is as it was.
    pub async fn undo_merge(&self, target: &str, merged: &Merged) -> Result<(), Problem> {
        let _lock = self.lock().await?;
        self.require_merged(target, merged)?;
        let why = "merge taken back".to_owned();
        self.advance(target, &merged.commit, &merged.before, why).await?;
        self.forget_merged(target, merged);
        Ok(())
    }

    async fn advance(
        &self,
        branch: &str,
        from: &str,
        to: &str,
        why: String,
    ) -> Result<(), Problem> {
        let checkout = advance::checkout_of(&self.repository, branch).await?;
        if let Some(place) = &checkout {
            self.require_rest_in(place).await?;
        }
        let advance = Advance {
            session: self.id().clone(),
            branch: branch.to_owned(),
            from: from.to_owned(),
            to: to.to_owned(),
            checkout,
            why,
            mark: crate::client::new_id()?,
        };
        let (repository, record) = (self.repository.clone(), self.record());
        // Once begun it goes on to its end, also where the caller is dropped.
        let doing = tokio::spawn(async move { advance.perform(&repository, &record).await });
        doing.await.unwrap_or_else(|stopped| {
            Err(Problem::new(
                ProblemCode::Internal,
                format!("The merge was broken off: {stopped}."),
            ))
        })
    }

    /// The branch to merge into, and its commit.
    async fn target(&self, named: Option<&str>, own: &str) -> Result<(String, String), Problem> {
        let wanted = match (named, &self.session.base) {
            (Some(named), _) => named,
            (None, Some(base)) => base,
            (None, None) => "",
        };
        let mut names = vec![wanted.to_owned()];
        if named.is_none() {
            // What follows a remote's branch is merged into the own one of that name, and what started from a tag or a
            // commit into what is checked out in the repository itself.
            names.extend(wanted.split_once('/').map(|(_, name)| name.to_owned()));
            if let Head::Branch { name, .. } = self.repository.head().await? {
                names.push(name);
            }
        }
        for name in &names {
            if !name.is_empty()
                && name != own
                && let Some(commit) = self.repository.tip(name).await?
            {
                return Ok((name.clone(), commit));
            }
        }
        let text = match wanted {
            "" => "The session has no base branch to be merged into.".to_owned(),
            _ if wanted == own => format!("\"{wanted}\" is the session's own branch."),
            _ => format!("The repository has no branch called \"{wanted}\" to merge into."),
        };
        let names = self.targets(own).await?;
        let names: Vec<&str> = names.iter().take(5).map(String::as_str).collect();
        Err(Problem::new(ProblemCode::BaseUnknown, text)
            .hint(format!("Choose another branch: {}.", names.join(", "))))
    }

    /// Other branches, newest first.
    async fn targets(&self, own: &str) -> Result<Vec<String>, Problem> {
        let call =
            self.git.look(&self.repository.root).args(["for-each-ref", "--sort=-committerdate"]);
        let count = format!("--count={}", TARGETS + 1);
        let listed = call.args([&count, "--format=%(refname)", "refs/heads"]).run().await?.text();
        let names = listed.lines().filter_map(|name| name.strip_prefix("refs/heads/"));
        Ok(names.filter(|name| *name != own).take(TARGETS).map(str::to_owned).collect())
    }

    /// How many commits only the first has, and only the second.
    pub(super) async fn apart(&self, one: &str, other: &str) -> Result<(u32, u32), Problem> {
        let range = format!("{one}...{other}");
        let call = self.git.look(Path::new(&self.folder)).args(["rev-list", "--left-right"]);
        let said = call.args(["--count", "--end-of-options", &range]).run().await?.text();
        let mut counts = said.split_whitespace().map(|count| count.parse().unwrap_or(0));
        Ok((counts.next().unwrap_or(0), counts.next().unwrap_or(0)))
    }
}
