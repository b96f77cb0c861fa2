//! The file of orders: appended under a lock, durable before anything is done, and read from where one was.

use std::fs::File;
use std::io::{ErrorKind, Read as _};
use std::path::{Path, PathBuf};

use bosk_core::journal::{self, Kind};
use bosk_core::lines::Line;
use bosk_core::queue::{Order, Queue};
use bosk_core::{Problem, ProblemCode};

use crate::home::{self, Home};
use crate::journal::{Reader, Writer};

/// The file's name.
pub(crate) const ORDERS: &str = "orders";

/// The longest order that is read: a batch of ten thousand prompts.
const LONGEST: usize = 256 << 20;

/// How much of the file's beginning tells it from another one of its name.
const BEGINNING: usize = 96;

/// A file of this length is made anew when its dispatcher begins: bytes.
const LONG: u64 = 4 << 20;

/// Where the orders are.
#[must_use]
pub fn file(home: &Home) -> PathBuf {
    home.queue().join(ORDERS)
}

/// The queue as it was read last.
#[derive(Debug, Default)]
pub struct Log {
    queue: Queue,
    read_to: u64,
    beginning: Vec<u8>,
}

impl Log {
    /// The queue.
    #[must_use]
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Reads what was added. Whether anything was.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn catch_up(&mut self, home: &Home) -> Result<bool, Problem> {
        let unreadable = |error: std::io::Error| home::unwritable(&error);
        let path = file(home);
        let length = match std::fs::metadata(&path) {
            Ok(metadata) => metadata.len(),
            Err(error) if error.kind() == ErrorKind::NotFound => 0,
            Err(error) => return Err(unreadable(error)),
        };
        let beginning = beginning(&path).unwrap_or_default();
        // It was made anew, so nothing of it is known.
        let anew = length < self.read_to || !beginning.starts_with(&self.beginning);
        if anew {
            *self = Self::default();
        }
        if length == self.read_to {
            return Ok(anew);
        }
        let mut reader = Reader::open(&path, LONGEST).map_err(unreadable)?;
        reader.go_to(self.read_to).map_err(unreadable)?;
        let mut read_to = self.read_to;
        reader
            .read_all(|line| {
                let (text, length) = match line {
                    Line::Whole(text) => (text, text.len() as u64),
                    Line::Long(start, length) => (start, length),
                };
                read_to += length + 1;
                // What cannot be read is passed by, and the rest still holds; so is what was refused to somebody.
                if let Some(order) = order_in(text) {
                    let _ = self.queue.take(order);
                }
            })
            .map_err(unreadable)?;
        self.read_to = read_to;
        self.beginning = beginning;
        Ok(true)
    }

    /// Writes the queue anew where most of the file is about what is over. Under the lock.
    fn condense(&mut self, home: &Home) -> Result<(), Problem> {
        if self.read_to < LONG && (self.queue.is_open() || self.read_to == 0) {
            return Ok(());
        }
        let unwritable = |error: std::io::Error| home::unwritable(&error);
        let path = file(home);
        let orders = self.queue.condensed();
        let folder = tempfile::tempdir_in(home.queue()).map_err(unwritable)?;
        let new = folder.path().join(ORDERS);
        if self.queue.is_open() {
            append(&new, &orders)?;
        } else {
            File::create(&new).map_err(unwritable)?;
        }
        std::fs::rename(&new, &path).map_err(unwritable)?;
        crate::files::sync_folder(&home.queue()).map_err(unwritable)?;
        *self = Self::default();
        self.catch_up(home).map(drop)
    }
}

fn beginning(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(BEGINNING as u64).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn order_in(line: &[u8]) -> Option<Order> {
    let record = journal::decode(line).ok()?;
    if record.header.kind != Kind::Decision {
        return None;
    }
    serde_json::from_slice(record.payload).ok()
}

fn append(path: &Path, orders: &[Order]) -> Result<(), Problem> {
    let unwritable = |error: std::io::Error| home::unwritable(&error);
    let (mut writer, _) = Writer::open(path).map_err(unwritable)?;
    for order in orders {
        let payload = serde_json::to_vec(order)
            .map_err(|error| Problem::new(ProblemCode::Internal, error.to_string()))?;
        writer.append(Kind::Decision, &payload);
    }
    writer.sync().map_err(unwritable)
}

/// The lock that whoever writes holds.
pub(super) fn lock(home: &Home) -> Result<File, Problem> {
    let path = home.locks().join("queue");
    let unwritable = |error: std::io::Error| home::unwritable(&error);
    let file =
        File::options().create(true).truncate(false).write(true).open(path).map_err(unwritable)?;
    file.lock().map_err(unwritable)?;
    Ok(file)
}

/// Does what these orders say, all or none of them: they are checked against what is there now, then written.
///
/// # Errors
/// One of them cannot be done, or they cannot be kept.
pub fn order(home: &Home, log: &mut Log, orders: Vec<Order>) -> Result<(), Problem> {
    let _lock = lock(home)?;
    log.catch_up(home)?;
    let mut after = log.queue.clone();
    for order in &orders {
        after.take(order.clone())?;
    }
    append(&file(home), &orders)?;
    log.catch_up(home).map(drop)
}

/// Makes the file short where it has grown long.
pub(super) fn shorten(home: &Home, log: &mut Log) -> Result<(), Problem> {
    let _lock = lock(home)?;
    log.catch_up(home)?;
    log.condense(home)
}

/// Whether the queue has nothing to do; then, and where its file has grown long, it is made short. `last` is done
/// under the lock, so that nobody adds anything meanwhile.
pub(super) fn close(home: &Home, log: &mut Log, last: impl FnOnce()) -> Result<bool, Problem> {
    let _lock = lock(home)?;
    log.catch_up(home)?;
    log.condense(home)?;
    let open = log.queue.is_open();
    if !open {
        last();
    }
    Ok(!open)
}

#[cfg(test)]
mod tests {
    use bosk_core::SessionId;
    use bosk_core::launch::LaunchSpec;
    use bosk_core::queue::{Ended, Priority, Stage, Task};

    use super::*;

    fn home() -> (tempfile::TempDir, Home) {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::at(folder.path().to_owned()).unwrap();
        (folder, home)
    }

    fn id(number: u32) -> SessionId {
        SessionId::parse(&format!("{number:08x}-0000-4000-8000-000000000000")).unwrap()
    }

    fn added(number: u32) -> Order {
        Order::Added {
            tasks: vec![Task {
                id: id(number),
                spec: LaunchSpec::of_prompt("do it"),
                repository: "shop".to_owned(),
                repository_path: "/r".to_owned(),
                batch: None,
                batch_max_usd: None,
                after: vec![],
                builds_on: None,
                priority: Priority::Normal,
                added_at: 0,
            }],
        }
    }

    fn end(number: u32) -> Order {
        Order::Ended { id: id(number), how: Ended::Done }
    }

    #[test]
    fn whoever_writes_knows_what_others_wrote_and_nothing_is_half_done() {
        let (_folder, home) = home();
        let (mut one, mut other) = (Log::default(), Log::default());
        order(&home, &mut one, vec![added(1)]).unwrap();
        let refused = order(&home, &mut other, vec![added(2), added(1)]);
        assert_eq!(refused.unwrap_err().code, ProblemCode::InvalidInput);
        order(&home, &mut other, vec![added(2)]).unwrap();
        assert!(one.catch_up(&home).unwrap() && !one.catch_up(&home).unwrap());
        assert_eq!(one.queue(), other.queue());
        assert_eq!(one.queue().tasks().count(), 2);
    }

    #[test]
    fn a_torn_tail_and_a_damaged_order_leave_the_others() {
        use std::io::Write as _;
        let (_folder, home) = home();
        order(&home, &mut Log::default(), vec![added(1)]).unwrap();
        let mut torn = File::options().append(true).open(file(&home)).unwrap();
        torn.write_all(b"nonsense\nhalf an or").unwrap();
        let mut log = Log::default();
        log.catch_up(&home).unwrap();
        order(&home, &mut log, vec![added(2)]).unwrap();
        let mut anew = Log::default();
        anew.catch_up(&home).unwrap();
        assert_eq!(anew.queue().tasks().count(), 2);
        assert_eq!(anew.queue(), log.queue());
    }

    #[test]
    fn what_is_over_is_forgotten_and_others_notice() {
        let (_folder, home) = home();
        let (mut one, mut other) = (Log::default(), Log::default());
        order(&home, &mut one, vec![added(1)]).unwrap();
        other.catch_up(&home).unwrap();
        let mut last = false;
        assert!(!close(&home, &mut one, || last = true).unwrap(), "it is open");
        order(&home, &mut one, vec![end(1)]).unwrap();
        assert!(close(&home, &mut one, || last = true).unwrap() && last);
        assert_eq!(std::fs::metadata(file(&home)).unwrap().len(), 0);
        order(&home, &mut one, vec![added(3), added(4), added(5)]).unwrap();
        assert!(other.catch_up(&home).unwrap());
        let stages: Vec<&Stage> = other.queue().tasks().map(|(_, stage)| stage).collect();
        assert_eq!(stages, [&Stage::Waiting { hold: None }; 3]);
    }
}
