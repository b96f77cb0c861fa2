//! `bosk logs`: a transcript so far, then live if that is wanted.

use std::fs::File;

use bosk_core::transcript::Fold;
use bosk_core::transcript::fold::LONGEST_LINE;
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::catalog::{self, Index};
use bosk_runtime::home::Home;
use bosk_runtime::journal::{JOURNAL, Reader};

use crate::failure::{Exit, Failure};
use crate::live::{self, Watching};
use crate::print::Printer;
use crate::screen::print;
use crate::told::Told;
use crate::typed::Typed;

/// What is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The session's id; its beginning will do
    id: String,
    /// Go on until the session has ended; Ctrl-C ends only the watching
    #[arg(long, short)]
    follow: bool,
    /// Print JSON lines
    #[arg(long)]
    json: bool,
}

/// Shows.
pub(crate) async fn run(home: &Home, arguments: &Arguments) -> Result<Exit, Failure> {
    let id = catalog::find(home, &arguments.id)?;
    if arguments.follow {
        let watching = Watching { json: arguments.json, ..Watching::default() };
        live::watch(home, &id, watching, Typed::default()).await?;
        return Ok(Exit::Done);
    }
    let summary = catalog::summary(home, &Index::open(home), &id).await?;
    if arguments.json {
        let mut told = Told::default();
        told.summary(&summary)?;
        each(home, &id, |change| told.change(change))?;
    } else {
        let mut printer = Printer::of(summary.folder);
        each(home, &id, |change| print(&printer.change(change)))?;
    }
    Ok(Exit::Done)
}

fn each(
    home: &Home,
    id: &SessionId,
    mut tell: impl FnMut(&bosk_core::transcript::fold::Change) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let path = home.session(id).join(JOURNAL);
    if File::open(&path).is_err_and(|error| error.kind() == std::io::ErrorKind::NotFound) {
        return Ok(());
    }
    let unreadable = |error: std::io::Error| {
        let message = format!("The session's journal cannot be read: {error}.");
        Problem::new(ProblemCode::FileDamaged, message)
    };
    let mut reader = Reader::open(&path, LONGEST_LINE).map_err(unreadable)?;
    let mut fold = Fold::default();
    let mut told = Ok(());
    let read = reader.read_all(|line| {
        for change in fold.apply(line) {
            if told.is_ok() {
                told = tell(&change);
            }
        }
    });
    read.map_err(unreadable)?;
    told
}
