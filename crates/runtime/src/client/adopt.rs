//! Taking over a conversation that was begun elsewhere and has ended: it becomes a session of Bosk's in the
//! same folder, with what was said so far, and goes on when a message is sent.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};

use bosk_core::journal::{Kind, LONGEST_MESSAGE, Note, Place};
use bosk_core::launch::LaunchSpec;
use bosk_core::session::Outcome;
use bosk_core::{Problem, ProblemCode, SessionId};
use serde_json::Value;

use super::reconcile::blocking;
use crate::foreign;
use crate::git::{Repository, listing, worktree};
use crate::home::{self, Home};
use crate::journal::{DECISIONS, JOURNAL, Writer, writer};
use crate::keeper::prepare::in_folder;
use crate::session_record::SessionRecord;
use crate::{files, settings};

/// Takes the conversation over. Nothing is started, and the CLI's own transcript stays as it is.
///
/// # Errors
/// There is no such conversation, it is still going on, it is Bosk's already, its folder is gone or in no
/// repository, or it cannot be kept.
pub async fn adopt(home: &Home, id: &SessionId) -> Result<(), Problem> {
    if home.session(id).exists() {
        return Err(here_already());
    }
    let found = foreign::config_folder().and_then(|config| {
        let transcript = foreign::transcript(&config, id)?;
        Some((config, transcript))
    });
    let Some((_, transcript)) = found else {
        return Err(Problem::new(
            ProblemCode::SessionUnknown,
            format!("Claude has no conversation `{id}`, so there is nothing to take over."),
        ));
    };
    let (look, ours) = (home.clone(), id.clone());
    let alive = blocking(move || {
        Ok(foreign::Elsewhere::new(&look).alive().iter().any(|session| session.id == ours))
    });
    if alive.await? {
        return Err(Problem::new(
            ProblemCode::SessionState,
            "The session still runs elsewhere; two at once would spoil its conversation.",
        )
        .hint("End it there, then take it over."));
    }
    let path = transcript.clone();
    let said = blocking(move || beginning(&path)).await?;
    let folder = PathBuf::from(&said.folder);
    if !folder.is_dir() {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            format!("Its folder `{}` is gone, so it cannot go on there.", folder.display()),
        ));
    }
    let repository = Repository::discover(&folder).await?;
    // What the folder brings is asked for when the conversation goes on there.
    let (worktree, subfolder) = within(&repository, &folder).await?;
    let place = Place { base: None, ..in_folder(&repository, &worktree).await? };
    let record = SessionRecord {
        id: id.clone(),
        created_at: said.at.unwrap_or_else(writer::wall_clock),
        repository_name: repository.name(),
        repository_root: repository.root.to_string_lossy().into_owned(),
        worktrees: home.worktrees().to_string_lossy().into_owned(),
        agreed: None,
        forked: None,
        files: None,
        spec: LaunchSpec {
            repository: repository.root.to_string_lossy().into_owned(),
            worktree: false,
            folder: Some(worktree.to_string_lossy().into_owned()),
            subfolder,
            limits: Some(settings::peek(home).limits).filter(|limits| !limits.is_empty()),
            ..LaunchSpec::of_prompt(&said.prompt)
        },
    };
    let home = home.clone();
    blocking(move || write(&home, &record, place, &transcript)).await
}

/// The worktree of the repository that the folder is in, and where in it.
async fn within(
    repository: &Repository,
    folder: &Path,
) -> Result<(PathBuf, Option<String>), Problem> {
    let real = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let listed = listing::list(&repository.git, &repository.root).await?;
    // One worktree may lie in another.
    let above = listed.into_iter().filter(|one| !one.bare && real.starts_with(&one.folder));
    let Some(found) = above.max_by_key(|one| one.folder.components().count()) else {
        return Err(Problem::new(
            ProblemCode::InvalidInput,
            "The conversation was in a folder that is in no worktree of its repository, so it cannot go on there.",
        )
        .hint("Go on with it where it was begun."));
    };
    let below = real.strip_prefix(&found.folder).unwrap_or(Path::new(""));
    let parts = below.components().map(|part| part.as_os_str().to_string_lossy());
    let below = parts.collect::<Vec<_>>().join("/");
    if below.is_empty() {
        return Ok((found.folder, None));
    }
    worktree::subfolder_in(&found.folder, &below)?;
    Ok((found.folder, Some(below)))
}

/// What a transcript begins with.
struct Beginning {
    folder: String,
    prompt: String,
    /// Milliseconds since 1970.
    at: Option<i64>,
}

fn unreadable(error: &std::io::Error) -> Problem {
    Problem::new(
        ProblemCode::FileDamaged,
        format!("Claude's transcript of it cannot be read: {error}."),
    )
}

fn lines(path: &Path) -> Result<impl Iterator<Item = std::io::Result<Vec<u8>>>, Problem> {
    let file = std::fs::File::open(path).map_err(|error| unreadable(&error))?;
    Ok(BufReader::new(file).split(b'\n'))
}

/// The person's words in a line, if it has such.
fn words(line: &Value) -> Option<&str> {
    let own = line["type"] == "user" && line["isMeta"] != true && line["isSidechain"] != true;
    let content = &line["message"]["content"];
    let text = content.as_str().or_else(|| {
        let blocks = content.as_array()?;
        blocks.iter().find(|block| block["type"] == "text")?["text"].as_str()
    });
    text.filter(|_| own)
}

fn beginning(path: &Path) -> Result<Beginning, Problem> {
    let mut begun = Beginning { folder: String::new(), prompt: String::new(), at: None };
    for line in lines(path)? {
        let line = line.map_err(|error| unreadable(&error))?;
        let Ok(line) = serde_json::from_slice::<Value>(&line) else { continue };
        if begun.folder.is_empty() {
            line["cwd"].as_str().unwrap_or_default().clone_into(&mut begun.folder);
        }
        if begun.at.is_none() {
            begun.at = line["timestamp"].as_str().and_then(milliseconds);
        }
        if let Some(words) = words(&line) {
            words.clone_into(&mut begun.prompt);
            break;
        }
    }
    if begun.folder.is_empty() || begun.prompt.is_empty() {
        let text = "Nothing was said in this conversation yet, so there is nothing to take over.";
        return Err(Problem::new(ProblemCode::InvalidInput, text));
    }
    Ok(begun)
}

/// `2026-11-25T19:00:00.000Z` in milliseconds since 1970.
fn milliseconds(text: &str) -> Option<i64> {
    text.parse::<jiff::Timestamp>().ok().map(jiff::Timestamp::as_millisecond)
}

/// All of it under another name first: a half is nobody's, and whoever takes it over at the same time is the
/// only one.
fn write(home: &Home, record: &SessionRecord, place: Place, from: &Path) -> Result<(), Problem> {
    let unwritable = |error: std::io::Error| home::unwritable(&error);
    let half = tempfile::Builder::new().prefix("adopting-").tempdir_in(home.sessions());
    let half = half.map_err(unwritable)?;
    let (mut decisions, _) = Writer::open(&half.path().join(DECISIONS)).map_err(unwritable)?;
    decisions.sync().map_err(unwritable)?;
    let (mut journal, _) = Writer::open(&half.path().join(JOURNAL)).map_err(unwritable)?;
    let note = |journal: &mut Writer, note: &Note| {
        if let Ok(payload) = serde_json::to_vec(note) {
            journal.append(Kind::Note, &payload);
        }
    };
    let version = env!("CARGO_PKG_VERSION").to_owned();
    note(&mut journal, &Note::Keeper { version, resumed: false });
    note(&mut journal, &Note::Prepared(place));
    for line in lines(from)? {
        let line = line.map_err(|error| unreadable(&error))?;
        if let Some(line) = as_output(&line) {
            journal.append(Kind::Output, &line);
            journal.flush().map_err(unwritable)?;
        }
    }
    note(&mut journal, &Note::Ended { outcome: Outcome::Finished, left_behind: vec![] });
    journal.sync().map_err(unwritable)?;
    record.save_in(half.path())?;
    // A folder that is not empty is never replaced.
    match std::fs::rename(half.path(), home.session(&record.id)) {
        Ok(()) => {}
        Err(_) if home.session(&record.id).exists() => return Err(here_already()),
        Err(error) => return Err(unwritable(error)),
    }
    files::sync_folder(&home.sessions()).map_err(unwritable)
}

fn here_already() -> Problem {
    Problem::new(ProblemCode::SessionState, "The session is here already.")
}

/// A line of the CLI's own transcript as it would have said it to Bosk; none for what it keeps for itself.
fn as_output(line: &[u8]) -> Option<Vec<u8>> {
    if line.len() > LONGEST_MESSAGE {
        return Some(line.to_vec());
    }
    let mut value = serde_json::from_slice::<Value>(line).ok()?;
    if !matches!(value["type"].as_str(), Some("user" | "assistant")) || value["isMeta"] == true {
        return None;
    }
    let replay = words(&value).is_some();
    let fields = value.as_object_mut()?;
    if replay {
        fields.insert("isReplay".to_owned(), Value::Bool(true));
    }
    // What the stream calls it.
    if let Some(result) = fields.remove("toolUseResult") {
        fields.insert("tool_use_result".to_owned(), result);
    }
    let kind = fields.remove("type")?;
    let rest = value.to_string();
    // The type stands first, as in what the CLI prints.
    Some(format!("{{\"type\":{kind},{}", rest.strip_prefix('{')?).into_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_persons_words_become_prompts_and_the_clis_own_notes_nothing() {
        let prompt = br#"{"parentUuid":null,"type":"user","message":{"role":"user","content":"Fix it"},"uuid":"u1","cwd":"/r"}"#;
        let text = String::from_utf8(as_output(prompt).unwrap()).unwrap();
        assert!(
            text.starts_with(r#"{"type":"user","#) && text.contains(r#""isReplay":true"#),
            "{text}"
        );
        let result = br#"{"type":"user","message":{"content":[{"type":"tool_result","tool_use_id":"t"}]},"toolUseResult":{"stdout":"x"}}"#;
        let text = String::from_utf8(as_output(result).unwrap()).unwrap();
        assert!(text.contains("tool_use_result") && !text.contains("isReplay"), "{text}");
        for own in [
            br#"{"type":"summary","summary":"x"}"#.as_slice(),
            br#"{"type":"file-history-snapshot"}"#,
            br#"{"type":"user","isMeta":true,"message":{"content":"x"}}"#,
            b"half a li",
        ] {
            assert_eq!(as_output(own), None);
        }
        assert_eq!(milliseconds("2026-11-25T19:00:00.500Z"), Some(1_795_633_200_500));
    }
}
