//! GitLab by `glab api`. Source of the fields: GitLab's REST API, "Merge requests", "Pipelines", "Jobs" and "Notes".

use bosk_core::Problem;
use bosk_core::review::forge::{ForgeCheck, ForgeComment, PullRequest};
use bosk_core::review::remote::{Hosted, escaped};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::program::Program;
use super::{LOG, MOST, New};

#[derive(Debug, Deserialize)]
struct Listed {
    iid: u64,
    title: String,
    web_url: String,
    state: String,
    #[serde(default)]
    draft: bool,
}

#[derive(Debug, Deserialize)]
struct Pipeline {
    id: u64,
}

#[derive(Debug, Deserialize)]
struct Job {
    name: String,
    status: String,
    web_url: Option<String>,
    #[serde(default)]
    allow_failure: bool,
}

#[derive(Debug, Deserialize)]
struct Note {
    id: u64,
    author: User,
    #[serde(default)]
    body: String,
    #[serde(default)]
    system: bool,
    position: Option<Position>,
}

#[derive(Debug, Deserialize)]
struct User {
    username: String,
}

#[derive(Debug, Deserialize)]
struct Position {
    new_path: Option<String>,
    old_path: Option<String>,
    new_line: Option<u32>,
    old_line: Option<u32>,
}

pub(super) async fn is_signed_in(glab: &Program, at: &Hosted) -> Result<bool, Problem> {
    glab.agrees(&["auth", "status", "--hostname", &at.host]).await
}

async fn get<T: DeserializeOwned>(glab: &Program, at: &Hosted, path: &str) -> Result<T, Problem> {
    let path = format!("projects/{}/{path}", project(at));
    glab.json(&["api", "--hostname", &at.host, &path], Vec::new()).await
}

/// A project by its path. Source: GitLab's REST API, "Namespaced paths".
fn project(at: &Hosted) -> String {
    at.path.replace('/', "%2F")
}

/// The branch's merge request: an open one, else the newest.
pub(super) async fn request(
    glab: &Program,
    at: &Hosted,
    branch: &str,
) -> Result<Option<PullRequest>, Problem> {
    let branch = escaped(branch).replace('/', "%2F");
    let path = format!("merge_requests?source_branch={branch}&state=all&per_page=10");
    let mut listed: Vec<Listed> = get(glab, at, &path).await?;
    let open = listed.iter().position(|one| one.state == "opened");
    if listed.is_empty() {
        return Ok(None);
    }
    let found = listed.swap_remove(open.unwrap_or(0));
    let path = format!("merge_requests/{}/pipelines?per_page=1", found.iid);
    let pipelines: Vec<Pipeline> = get(glab, at, &path).await?;
    let jobs: Vec<Job> = match pipelines.first() {
        Some(Pipeline { id }) => {
            get(glab, at, &format!("pipelines/{id}/jobs?per_page=100")).await?
        }
        None => Vec::new(),
    };
    let path = format!("merge_requests/{}/notes?sort=asc&per_page=100", found.iid);
    let notes: Vec<Note> = get(glab, at, &path).await?;
    let state = if found.state == "opened" { "open".to_owned() } else { found.state };
    Ok(Some(PullRequest {
        number: found.iid,
        title: found.title,
        url: found.web_url,
        state,
        draft: found.draft,
        checks: jobs.into_iter().take(MOST).map(check).collect(),
        comments: notes.into_iter().filter(|one| !one.system).take(MOST).map(comment).collect(),
    }))
}

fn check(job: Job) -> ForgeCheck {
    let passed = match job.status.as_str() {
        "success" | "skipped" | "manual" => Some(true),
        "failed" => Some(job.allow_failure),
        "canceled" => Some(false),
        _ => None,
    };
    ForgeCheck { name: job.name, passed, url: job.web_url }
}

fn comment(note: Note) -> ForgeComment {
    let (path, line) = match note.position {
        Some(at) => (at.new_path.or(at.old_path), at.new_line.or(at.old_line)),
        None => (None, None),
    };
    let author = note.author.username;
    ForgeComment { id: note.id.to_string(), author, body: note.body, path, line }
}

pub(super) async fn open(glab: &Program, at: &Hosted, new: &New<'_>) -> Result<(), Problem> {
    // Source of the prefix: GitLab, "Draft merge requests".
    let title = if new.draft { format!("Draft: {}", new.title) } else { new.title.to_owned() };
    let asked = serde_json::json!({
        "source_branch": new.branch,
        "target_branch": new.base,
        "title": title,
        "description": new.body,
    });
    let path = format!("projects/{}/merge_requests", project(at));
    let header = "--header=Content-Type: application/json";
    let args = ["api", "--hostname", &at.host, "--method=POST", header, "--input=-", &path];
    glab.text(&args, asked.to_string().into_bytes()).await.map(drop)
}

/// The end of what a failed job printed.
pub(super) async fn log(glab: &Program, at: &Hosted, url: &str) -> Result<Option<String>, Problem> {
    let Some((_, job)) = url.split_once("/-/jobs/") else { return Ok(None) };
    let job: String = job.chars().take_while(char::is_ascii_digit).collect();
    let path = format!("projects/{}/jobs/{job}/trace", project(at));
    glab.end(&["api", "--hostname", &at.host, &path], LOG).await.map(Some)
}
