//! The pull request of a session's branch, by the forge's own command. Without it, or where nobody is signed in, that is a
//! state and no failure: a browser can do the same. Not here: what the command is asked ([`github`], [`gitlab`]).

mod github;
mod gitlab;
mod program;

use bosk_core::review::forge::{Feedback, ForgeKind, ForgeState, ForgeView, PullRequest, Remote};
use bosk_core::review::remote::{self, Hosted};
use bosk_core::review::told;
use bosk_core::{Problem, ProblemCode};

use self::program::Program;
use super::Work;
use crate::client::send::send;
use crate::git::merge::push;

/// The most checks, and comments, that are told.
const MOST: usize = 200;

/// The most that is read of a log, in bytes: its end.
const LOG: usize = 64 << 10;

/// A pull request to be opened.
#[derive(Debug)]
struct New<'a> {
    branch: &'a str,
    base: &'a str,
    title: &'a str,
    body: &'a str,
    draft: bool,
}

/// Where the branch would have its pull request.
struct Place {
    remote: Remote,
    at: Hosted,
    branch: String,
    base: Option<String>,
}

impl Work {
    /// What there is of a pull request, and what opening one needs. It asks the forge, and so the net.
    ///
    /// # Errors
    /// The folder is on no branch, or the forge's command fails.
    pub async fn forge(&self) -> Result<ForgeView, Problem> {
        let (title, body) = self.title_and_body().await?;
        let view = |state, kind, compare_url, request| ForgeView {
            state,
            kind,
            compare_url,
            title,
            body,
            request,
        };
        let Some(place) = self.place().await? else {
            return Ok(view(ForgeState::None, None, None, None));
        };
        let (kind, compare) = (Some(place.at.kind), place.remote.compare_url.clone());
        let Some(program) = self.program(&place) else {
            return Ok(view(ForgeState::Missing, kind, compare, None));
        };
        if !place.is_signed_in(&program).await? {
            return Ok(view(ForgeState::SignedOut, kind, compare, None));
        }
        let request = place.request(&program).await?;
        Ok(view(ForgeState::Ready, kind, compare, request))
    }

    /// Opens one.
    ///
    /// # Errors
    /// The branch is not pushed as it is, there is no branch to compare it with, or the forge's command cannot be used or
    /// fails.
    pub async fn open_pull_request(
        &self,
        title: &str,
        body: &str,
        draft: bool,
    ) -> Result<PullRequest, Problem> {
        if title.trim().is_empty() {
            return Err(Problem::new(ProblemCode::InvalidInput, "The pull request has no title.")
                .hint("Say in a line what it does."));
        }
        let (place, program) = self.ready().await?;
        let Place { remote, branch, base, .. } = &place;
        let there = push::last_seen(&self.git, &self.folder, &remote.name, branch).await?;
        if there.as_ref() != Some(&self.head().await?) {
            return Err(Problem::new(
                ProblemCode::SessionState,
                format!("\"{}\" does not have the branch \"{branch}\" as it is here, so no pull request was opened.", remote.name),
            )
            .hint("Push it first."));
        }
        let base = base.as_deref().filter(|base| base != branch).ok_or_else(|| {
            Problem::new(
                ProblemCode::BaseUnknown,
                "The session started from no branch that a pull request could go into.",
            )
            .hint("Open it in the browser, and choose one there.")
        })?;
        let new = New { branch, base, title: title.trim(), body, draft };
        match place.at.kind {
            ForgeKind::Github => github::open(&program, &place.at, &new).await?,
            ForgeKind::Gitlab => gitlab::open(&program, &place.at, &new).await?,
        }
        place.request(&program).await?.ok_or_else(|| {
            Problem::new(
                ProblemCode::GitFailed,
                "The pull request was opened, but the forge does not list it yet.",
            )
            .hint("Look once more in a moment.")
        })
    }

    /// Sends a failed check, with the end of its log, or a comment to the session.
    ///
    /// # Errors
    /// There is no such thing, the forge's command cannot be used or fails, or the message cannot be sent.
    pub async fn send_feedback(&self, feedback: &Feedback) -> Result<(), Problem> {
        let (place, program) = self.ready().await?;
        let request = place.request(&program).await?.ok_or_else(gone)?;
        let text = match feedback {
            Feedback::Check { name } => {
                let failed = request
                    .checks
                    .iter()
                    .find(|one| one.name == *name && one.passed == Some(false));
                let check = failed.ok_or_else(gone)?;
                let log = match &check.url {
                    Some(url) => place.log(&program, url).await?,
                    None => None,
                };
                let log = log.map(|log| plain(&log)).filter(|log| !log.trim().is_empty());
                told::check(&check.name, check.url.as_deref(), log.as_deref())
            }
            Feedback::Comment { id } => {
                told::comment(request.comments.iter().find(|one| one.id == *id).ok_or_else(gone)?)
            }
        };
        send(&self.home, self.id(), &text).await.map(drop)
    }

    /// The likeliest remote of a forge that is known.
    async fn place(&self) -> Result<Option<Place>, Problem> {
        let branch = self.branch().await?;
        let all = self.remotes(&branch).await?;
        let named: Vec<(String, String)> =
            all.iter().map(|one| (one.name.clone(), String::new())).collect();
        let base = self.base_name(&named);
        let mut hosted = all.into_iter().filter_map(|one| Some((remote::hosted(&one.url)?, one)));
        Ok(hosted.next().map(|(at, remote)| Place { remote, at, branch, base }))
    }

    fn program(&self, place: &Place) -> Option<Program> {
        Program::find(place.at.kind, &self.environment, &self.folder, self.forge_patience)
    }

    /// The place and its command, where that can be used.
    async fn ready(&self) -> Result<(Place, Program), Problem> {
        let refused =
            |text: String, hint: String| Problem::new(ProblemCode::SessionState, text).hint(hint);
        let place = self.place().await?.ok_or_else(|| {
            refused(
                "The repository has no remote on GitHub or GitLab.".into(),
                "Add one, and push the branch there.".into(),
            )
        })?;
        let name = program::name(place.at.kind);
        let program = self.program(&place).ok_or_else(|| {
            refused(
                format!("The command {name} is not installed, so this cannot be done here."),
                format!("Install {name}, or do it in the browser."),
            )
        })?;
        if !place.is_signed_in(&program).await? {
            return Err(refused(
                format!(
                    "Nobody is signed in to {} with {name}, so this cannot be done here.",
                    place.at.host
                ),
                format!("Run `{name} auth login` in a terminal, or do it in the browser."),
            ));
        }
        Ok((place, program))
    }
}

impl Place {
    async fn is_signed_in(&self, program: &Program) -> Result<bool, Problem> {
        match self.at.kind {
            ForgeKind::Github => github::is_signed_in(program, &self.at).await,
            ForgeKind::Gitlab => gitlab::is_signed_in(program, &self.at).await,
        }
    }

    async fn request(&self, program: &Program) -> Result<Option<PullRequest>, Problem> {
        match self.at.kind {
            ForgeKind::Github => github::request(program, &self.at, &self.branch).await,
            ForgeKind::Gitlab => gitlab::request(program, &self.at, &self.branch).await,
        }
    }

    async fn log(&self, program: &Program, url: &str) -> Result<Option<String>, Problem> {
        match self.at.kind {
            ForgeKind::Github => github::log(program, &self.at, url).await,
            ForgeKind::Gitlab => gitlab::log(program, &self.at, url).await,
        }
    }
}

/// A log without colours and what else no reader needs.
fn plain(log: &str) -> String {
    let mut text = String::with_capacity(log.len());
    let mut letters = log.chars();
    while let Some(letter) = letters.next() {
        match letter {
            // Source of the form: ECMA-48, 5.4, control sequences.
            '\u{1b}' if letters.as_str().starts_with('[') => {
                letters.next();
                let _ = letters.by_ref().find(|c| ('@'..='~').contains(c));
            }
            '\n' | '\t' => text.push(letter),
            _ if letter.is_control() => {}
            _ => text.push(letter),
        }
    }
    text
}

fn gone() -> Problem {
    Problem::new(
        ProblemCode::RequestGone,
        "The pull request does not have that any more, so nothing was sent.",
    )
    .hint("Look at it once more.")
}
