//! `bosk comment`: saying what is to be changed, on lines of a file.

use bosk_core::review::Side;
use bosk_core::review::comment::{Comment, CommentState};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::catalog::{self, Index};
use bosk_runtime::client::send::new_name;
use bosk_runtime::home::Home;
use bosk_runtime::review::{Reviewed, comments};

use crate::clean::one_line;
use crate::failure::{Exit, Failure};
use crate::screen::{DIM, note, paint, print};
use crate::typed::text_or_input;
use crate::words::now;

/// The comment.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// The file and its lines as they are now: `src/a.rs:12` or `src/a.rs:12-20`; without it, the comments are listed
    #[arg(requires = "text")]
    place: Option<String>,
    /// What you say; `-` reads it from standard input
    text: Option<String>,
    /// Send it, and whatever waits to be sent, as one message
    #[arg(long)]
    send: bool,
}

/// Keeps, sends or lists.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    if let (Some(place), Some(text)) = (&arguments.place, &arguments.text) {
        let session = catalog::summary(home, &Index::open(home), &id).await?;
        let (path, from, to) = placed(place)?;
        let file = Reviewed::open(home, &session).await?.read_file(path).await?;
        let code = lines(file.text.as_deref().unwrap_or_default(), from, to)?;
        let comment = Comment {
            id: new_name(),
            path: path.to_owned(),
            side: Side::New,
            from,
            to,
            code,
            text: text_or_input(text)?,
            state: CommentState::Draft,
            at: now(),
        };
        comments::save_comment(home, &id, comment).await?;
    } else if !arguments.send {
        return list(&comments::comments(home, &id).await?);
    }
    if arguments.send {
        let drafts = comments::comments(home, &id).await?.into_iter();
        let drafts = drafts.filter(|comment| comment.state == CommentState::Draft);
        let drafts: Vec<String> = drafts.map(|comment| comment.id).collect();
        comments::send_comments(home, &id, &drafts, "").await?;
        note(&format!("Sent. `bosk logs {} --follow` shows what comes of it.", id.short()));
    } else {
        note(&format!("Kept. `bosk comment {} --send` sends what was kept.", id.short()));
    }
    Ok(Exit::Done)
}

/// A path with its lines behind the last colon.
pub(super) fn placed(place: &str) -> Result<(&str, u32, u32), Problem> {
    let read = || {
        let (path, lines) = place.rsplit_once(':')?;
        let (from, to) = lines.split_once('-').unwrap_or((lines, lines));
        let (from, to): (u32, u32) = (from.parse().ok()?, to.parse().ok()?);
        (!path.is_empty() && from > 0 && from <= to).then_some((path, from, to))
    };
    read().ok_or_else(|| {
        let text = format!("`{}` names no lines of a file.", one_line(place, 200));
        Problem::new(ProblemCode::InvalidInput, text)
            .hint("Write the path, a colon and the line: `src/a.rs:12`, or `src/a.rs:12-20`.")
    })
}

fn lines(text: &str, from: u32, to: u32) -> Result<String, Problem> {
    let all: Vec<&str> = text.lines().collect();
    let (first, last) = (from as usize - 1, to as usize);
    all.get(first..last).map(|lines| lines.join("\n")).ok_or_else(|| {
        let text = format!("The file has {} lines, so nothing was kept.", all.len());
        Problem::new(ProblemCode::InvalidInput, text)
    })
}

fn list(comments: &[Comment]) -> Result<Exit, Failure> {
    for comment in comments {
        let state = match comment.state {
            CommentState::Draft => "draft",
            CommentState::Sent => "sent",
            CommentState::Resolved => "resolved",
        };
        let place = format!("{}:{}-{}", one_line(&comment.path, 100), comment.from, comment.to);
        let text = one_line(&comment.text, 100);
        print(&format!("{}  {place}  {text}\n", paint(DIM, &format!("{state:>8}"))))?;
    }
    Ok(Exit::Done)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_named_after_the_last_colon() {
        assert_eq!(placed("src/a.rs:12").unwrap(), ("src/a.rs", 12, 12));
        assert_eq!(placed("a:b:3-5").unwrap(), ("a:b", 3, 5));
        for bad in ["src/a.rs", "a:0", "a:5-3", ":3", "a:x"] {
            assert!(placed(bad).is_err(), "{bad}");
        }
        assert_eq!(lines("1\n2\n3\n", 2, 3).unwrap(), "2\n3");
        assert!(lines("1\n", 1, 2).is_err());
    }
}
