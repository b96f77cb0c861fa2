//! What the person types, line by line. Reading a terminal cannot be broken off, so a thread of its
//! own does it; it ends with the process.

use std::io::{BufRead as _, Read as _};

use bosk_core::{Problem, ProblemCode};
use tokio::sync::mpsc;

/// Most that is read as a prompt, in bytes: what a keeper takes, with room for what stands around it.
const LONGEST: u64 = 8 << 20;

/// Lines as they are typed. There must be one of these only, since what its thread has read is lost
/// to everybody else.
#[derive(Debug, Default)]
pub(crate) struct Typed(Option<mpsc::UnboundedReceiver<String>>);

impl Typed {
    /// The next line; none at the end of input.
    pub(crate) async fn line(&mut self) -> Option<String> {
        self.0.get_or_insert_with(read_lines).recv().await
    }

    /// Asks a question that is answered by yes or no; anything else is no.
    pub(crate) async fn agrees(&mut self) -> bool {
        let answer = self.line().await.unwrap_or_default();
        matches!(answer.trim().to_ascii_lowercase().as_str(), "y" | "yes")
    }
}

/// Begins to read standard input.
fn read_lines() -> mpsc::UnboundedReceiver<String> {
    let (to, from) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        for line in std::io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if to.send(line).is_err() {
                return;
            }
        }
    });
    from
}

/// The text itself, or standard input where it is `-`.
pub(crate) fn text_or_input(text: &str) -> Result<String, Problem> {
    if text != "-" {
        return Ok(text.to_owned());
    }
    let mut read = String::new();
    let input = std::io::stdin().lock().take(LONGEST + 1).read_to_string(&mut read);
    let unusable = |why: String| {
        Problem::new(
            ProblemCode::InvalidInput,
            format!("The text on standard input cannot be used: {why}."),
        )
    };
    input.map_err(|error| unusable(error.to_string()))?;
    if read.len() as u64 > LONGEST {
        return Err(unusable(format!("it is longer than {} MiB", LONGEST >> 20)));
    }
    Ok(read.trim_end_matches(['\r', '\n']).to_owned())
}
