//! A check as one entry: it grows with what is printed, keeps the end of it, and gets its verdict. Not here:
//! running it.

use super::cut::LONGEST_TEXT;
use super::entry::EntryBody;
use crate::journal::CheckNote;
use crate::session::Verdict;

/// The name under which a fold remembers the one check that may be running. No tool use and no message is called so.
pub const CHECK: &str = "check";

impl EntryBody {
    /// A check that was started just now.
    #[must_use]
    pub const fn checking(command: String) -> Self {
        Self::Check { command, output: String::new(), verdict: Some(Verdict::Checking), took: 0 }
    }

    /// Takes what has happened to the check. Does nothing to any other entry.
    pub fn check(&mut self, note: &CheckNote) {
        let Self::Check { output, verdict, took, .. } = self else { return };
        match note {
            CheckNote::Begun { .. } => {}
            CheckNote::Said { output: more } => {
                output.push_str(more);
                let surplus = output.len().saturating_sub(LONGEST_TEXT);
                output.drain(..output.ceil_char_boundary(surplus));
            }
            CheckNote::Ended { verdict: came, took: time } => {
                verdict.clone_from(came);
                *took = *time;
            }
        }
    }

    /// Whether it is a check that runs.
    #[must_use]
    pub const fn is_checking(&self) -> bool {
        matches!(self, Self::Check { verdict: Some(Verdict::Checking), .. })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_end_of_what_was_printed_is_kept(
            pieces in prop::collection::vec((prop::sample::select(vec!["a", "é", "가"]), 0..9000_usize), 0..30),
        ) {
            let pieces: Vec<String> = pieces.into_iter().map(|(one, times)| one.repeat(times)).collect();
            let mut body = EntryBody::checking("x".into());
            for piece in &pieces {
                body.check(&CheckNote::Said { output: piece.clone() });
            }
            let EntryBody::Check { output, .. } = &body else { panic!() };
            let whole = pieces.concat();
            prop_assert!(whole.ends_with(output.as_str()) && output.len() <= LONGEST_TEXT);
            prop_assert!(output.len() > LONGEST_TEXT - 4 || *output == whole);
        }
    }
}
