//! GitHub by `gh`. Source of the fields: `gh pr list --help`, and GitHub's REST API, "Pull request review comments".

use bosk_core::Problem;
use bosk_core::review::forge::{ForgeCheck, ForgeComment, PullRequest};
use bosk_core::review::remote::Hosted;
use serde::Deserialize;

use super::program::Program;
use super::{LOG, MOST, New};

const FIELDS: &str = "number,title,url,state,isDraft,statusCheckRollup,comments,reviews";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    number: u64,
    title: String,
    url: String,
    state: String,
    #[serde(default)]
    is_draft: bool,
    #[serde(default)]
    status_check_rollup: Vec<Check>,
    #[serde(default)]
    comments: Vec<Said>,
    #[serde(default)]
    reviews: Vec<Said>,
}

/// A check run, or a commit's status: each has fields of its own.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Check {
    name: Option<String>,
    context: Option<String>,
    conclusion: Option<String>,
    state: Option<String>,
    details_url: Option<String>,
    target_url: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Said {
    id: serde_json::Value,
    #[serde(alias = "user")]
    author: Option<Author>,
    #[serde(default)]
    body: String,
    path: Option<String>,
    line: Option<u32>,
    original_line: Option<u32>,
}

#[derive(Debug, Deserialize)]
struct Author {
    login: String,
}

pub(super) async fn is_signed_in(gh: &Program, at: &Hosted) -> Result<bool, Problem> {
    gh.agrees(&["auth", "status", "--hostname", &at.host]).await
}

/// The branch's pull request: an open one, else the newest.
pub(super) async fn request(
    gh: &Program,
    at: &Hosted,
    branch: &str,
) -> Result<Option<PullRequest>, Problem> {
    let repository = format!("--repo={}/{}", at.host, at.path);
    let head = format!("--head={branch}");
    let json = format!("--json={FIELDS}");
    let args = ["pr", "list", &repository, &head, "--state=all", "--limit=10", &json];
    let mut listed: Vec<Listed> = gh.json(&args, Vec::new()).await?;
    let open = listed.iter().position(|one| one.state.eq_ignore_ascii_case("open"));
    if listed.is_empty() {
        return Ok(None);
    }
    let found = listed.swap_remove(open.unwrap_or(0));
    let path = format!("repos/{}/pulls/{}/comments?per_page=100", at.path, found.number);
    let on_lines: Vec<Said> = gh.json(&["api", "--hostname", &at.host, &path], Vec::new()).await?;
    let said = found.comments.into_iter().chain(found.reviews).chain(on_lines);
    let comments = said.filter(|one| !one.body.trim().is_empty()).take(MOST).map(comment);
    Ok(Some(PullRequest {
        number: found.number,
        title: found.title,
        url: found.url,
        state: found.state.to_ascii_lowercase(),
        draft: found.is_draft,
        checks: found.status_check_rollup.into_iter().take(MOST).map(check).collect(),
        comments: comments.collect(),
    }))
}

fn check(one: Check) -> ForgeCheck {
    let verdict = [one.conclusion, one.state].into_iter().flatten().find(|word| !word.is_empty());
    let passed = match verdict.as_deref() {
        Some("SUCCESS" | "NEUTRAL" | "SKIPPED") => Some(true),
        Some("PENDING" | "EXPECTED" | "IN_PROGRESS" | "QUEUED") | None => None,
        Some(_) => Some(false),
    };
    let name = one.name.or(one.context).unwrap_or_default();
    ForgeCheck { name, passed, url: one.details_url.or(one.target_url) }
}

fn comment(one: Said) -> ForgeComment {
    ForgeComment {
        id: one.id.as_str().map_or_else(|| one.id.to_string(), str::to_owned),
        author: one.author.map_or_else(|| "somebody".to_owned(), |author| author.login),
        body: one.body,
        path: one.path,
        line: one.line.or(one.original_line),
    }
}

pub(super) async fn open(gh: &Program, at: &Hosted, new: &New<'_>) -> Result<(), Problem> {
    let repository = format!("--repo={}/{}", at.host, at.path);
    let (head, base) = (format!("--head={}", new.branch), format!("--base={}", new.base));
    let title = format!("--title={}", new.title);
    let mut args = vec!["pr", "create", &repository, &head, &base, &title, "--body-file=-"];
    if new.draft {
        args.push("--draft");
    }
    // An empty body is one, and is no reason to ask.
    let body = if new.body.is_empty() { "\n" } else { new.body };
    gh.text(&args, body.as_bytes().to_vec()).await.map(drop)
}

/// The end of what a failed check printed, where it is one of GitHub's own.
pub(super) async fn log(gh: &Program, at: &Hosted, url: &str) -> Result<Option<String>, Problem> {
    // Source of the form: what `gh` itself reads, `…/actions/runs/<run>/job/<job>`.
    let number = |after: &str| {
        let (_, rest) = url.split_once(after)?;
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        Some(digits).filter(|digits| !digits.is_empty())
    };
    let repository = format!("--repo={}/{}", at.host, at.path);
    let which = match (number("/job/"), number("/actions/runs/")) {
        (Some(job), _) => format!("--job={job}"),
        (None, Some(run)) => run,
        (None, None) => return Ok(None),
    };
    gh.end(&["run", "view", &repository, &which, "--log-failed"], LOG).await.map(Some)
}
