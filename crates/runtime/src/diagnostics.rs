//! Where diagnostics go: a command's to standard error, a keeper's to `keeper.log` in its session's
//! folder. `BOSK_LOG` says how much, as in `info` or `bosk_runtime=debug`.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Mutex;

use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// A log of this length, in bytes, is begun anew when a keeper starts.
const LONGEST: u64 = 1 << 20;

/// A command's.
pub fn to_stderr() {
    start(io::stderr, LevelFilter::ERROR);
}

/// A keeper's. Without its file it goes on silently: the journal tells what matters.
pub fn to_file(path: &Path) {
    let begin_anew = path.metadata().is_ok_and(|metadata| metadata.len() >= LONGEST);
    let mut options = File::options();
    options.create(true).append(!begin_anew).truncate(begin_anew);
    if begin_anew {
        options.write(true);
    }
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    if let Ok(file) = options.open(path) {
        start(Mutex::new(file), LevelFilter::INFO);
    }
}

fn start<W>(to: W, usual: LevelFilter)
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let named = std::env::var("BOSK_LOG").ok().filter(|text| !text.is_empty());
    let wanted = named.and_then(|text| text.parse::<Targets>().ok());
    let wanted = wanted.unwrap_or_else(|| Targets::new().with_default(usual));
    let layer = tracing_subscriber::fmt::layer().with_ansi(false).with_writer(to);
    let _ = tracing_subscriber::registry().with(layer.with_filter(wanted)).try_init();
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_long_log_is_begun_anew() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("keeper.log");
        for (before, after) in [(10, 10), (super::LONGEST, 0)] {
            std::fs::write(&path, vec![b'x'; usize::try_from(before).unwrap()]).unwrap();
            super::to_file(&path);
            assert_eq!(path.metadata().unwrap().len(), after);
        }
    }
}
