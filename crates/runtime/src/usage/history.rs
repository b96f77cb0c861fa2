//! The file that keeps what was used, and what it says of a span of time. What is in it may be lost with a
//! power cut: it is never synced.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::Path;

use bosk_core::SessionId;
use bosk_core::usage::Usage;
use bosk_core::usage::series::{self, MAGIC, Point, Recorder, Ring};
use bosk_core::view::{Curve, History, SessionCurve};

use super::{BOSK, MACHINE, USAGE};
use crate::home::Home;

/// Seconds.
const MONTH: i64 = 30 * 86_400;

/// A file that measurements are written to.
#[derive(Debug)]
pub struct Kept {
    file: File,
    recorder: Recorder,
}

impl Kept {
    /// Opens it, or begins it anew where it is none.
    ///
    /// # Errors
    /// Whatever the file system says.
    pub fn open(path: &Path) -> io::Result<Self> {
        let mut file =
            File::options().create(true).truncate(false).read(true).write(true).open(path)?;
        let mut magic = [0; MAGIC.len()];
        if file.read_exact(&mut magic).is_err() || magic != *MAGIC {
            file.set_len(0)?;
            file.seek(SeekFrom::Start(0))?;
            file.write_all(MAGIC)?;
        }
        Ok(Self { file, recorder: Recorder::default() })
    }

    /// Writes a measurement.
    ///
    /// # Errors
    /// Whatever the file system says; the next one may be written all the same.
    pub fn take(&mut self, usage: &Usage) -> io::Result<()> {
        for (at, slot) in self.recorder.take(usage) {
            #[cfg(unix)]
            std::os::unix::fs::FileExt::write_all_at(&self.file, &slot, at)?;
            #[cfg(not(unix))]
            {
                self.file.seek(SeekFrom::Start(at))?;
                self.file.write_all(&slot)?;
            }
        }
        Ok(())
    }
}

/// What these sessions, the machine and Bosk itself used between two times (seconds since 1970), in about so
/// many points. It reads up to a megabyte for each of them.
#[must_use]
pub fn history(home: &Home, ids: &[SessionId], (from, to): (i64, i64), points: u32) -> History {
    let now = crate::journal::writer::wall_clock() / 1000;
    let ring = series::ring_for(from, now);
    let wanted = u32::try_from((to - from).max(1)).unwrap_or(u32::MAX) / points.clamp(10, 5_000);
    // Whole steps of the ring, so that no point stands for more measurements than its neighbour.
    let step = wanted.div_ceil(ring.step).max(1) * ring.step;
    let curve = |path: &Path| curve(path, ring, (from, to), step);
    let sessions = ids.iter().filter_map(|id| {
        // One of somebody else's has no folder here.
        let own = home.session(id).join(USAGE);
        let path = if own.exists() { own } else { home.usage().join(id.as_str()) };
        let curve = curve(&path);
        (!curve.at.is_empty()).then(|| SessionCurve { id: id.clone(), curve })
    });
    History {
        step,
        sessions: sessions.collect(),
        machine: curve(&home.usage().join(MACHINE)),
        bosk: curve(&home.usage().join(BOSK)),
    }
}

/// The most memory that a session took in the last month, in bytes; none where nothing was measured.
#[must_use]
pub fn peak(home: &Home, id: &SessionId) -> Option<u64> {
    let now = crate::journal::writer::wall_clock() / 1000;
    let month = series::ring_for(now - MONTH, now);
    let points = points(&home.session(id).join(USAGE), month, (now - MONTH, now)).ok()?;
    let most = points.iter().map(|point| point.memory_max).fold(0.0, f64::max);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bytes")]
    (most > 0.0).then_some(most as u64)
}

/// What a file's ring says of the time between `from` and `to` (seconds since 1970), in spans of `step` seconds;
/// nothing where there is no such file.
fn curve(path: &Path, ring: Ring, (from, to): (i64, i64), step: u32) -> Curve {
    let points = points(path, ring, (from, to)).unwrap_or_default();
    columns(&series::coarser(&points, step))
}

fn points(path: &Path, ring: Ring, (from, to): (i64, i64)) -> io::Result<Vec<Point>> {
    let mut file = File::open(path)?;
    let mut magic = [0; MAGIC.len()];
    file.read_exact(&mut magic)?;
    if magic != *MAGIC {
        return Ok(Vec::new());
    }
    file.seek(SeekFrom::Start(ring.offset))?;
    let mut bytes = Vec::new();
    file.take(ring.end() - ring.offset).read_to_end(&mut bytes)?;
    Ok(series::read(ring, &bytes, from, to))
}

fn columns(points: &[Point]) -> Curve {
    let mut curve = Curve::default();
    let mut spans = points.windows(2).map(|pair| pair[1].at - pair[0].at).chain([1]);
    let mut before = 1;
    for point in points {
        let span = spans.next().unwrap_or(before).max(1);
        // After a gap it is the span before that tells how long a point stands for.
        let seconds = f64::from(if span > 4 * before.max(1) { before } else { span });
        before = span;
        curve.at.push(point.at);
        curve.cpu.push(point.cpu);
        curve.cpu_max.push(point.cpu_max);
        curve.memory.push(point.memory);
        curve.memory_max.push(point.memory_max);
        curve.read.push(point.read / seconds);
        curve.written.push(point.written / seconds);
    }
    curve
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `history` asks for it.
    fn told(path: &Path, from: i64, now: i64, step: u32) -> Curve {
        curve(path, series::ring_for(from, now), (from, now), step)
    }

    fn usage(second: i64) -> Usage {
        Usage {
            at: second * 1000,
            cpu: 0.5,
            memory: 64 << 20,
            written: u64::try_from(second).unwrap() << 20,
            ..Usage::default()
        }
    }

    #[test]
    fn what_was_kept_is_told_after_a_restart_and_damage_costs_no_more_than_itself() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("usage");
        let begin = 1_700_000_000;
        let mut kept = Kept::open(&path).unwrap();
        for second in begin..begin + 100 {
            kept.take(&usage(second)).unwrap();
        }
        drop(kept);
        let mut kept = Kept::open(&path).unwrap();
        for second in begin + 200..begin + 300 {
            kept.take(&usage(second)).unwrap();
        }
        let now = begin + 300;
        let all = told(&path, begin, now, 1);
        assert_eq!(all.at.len(), 200);
        assert!(
            (all.cpu[7] - 0.5).abs() < 0.001 && (all.memory[7] - f64::from(64 << 20)).abs() < 1e5
        );
        assert!((all.written[50] - f64::from(1 << 20)).abs() < 1e4, "{:?}", all.written);
        assert_eq!(told(&path, begin, now, 60).at.len(), 5);
        assert_eq!(told(&path, begin - 7200, now, 10).at.len(), 20, "from the ring of a day");
        std::fs::write(&path, b"something else").unwrap();
        assert_eq!(told(&path, begin, now, 1), Curve::default());
        Kept::open(&path).unwrap().take(&usage(begin)).unwrap();
        assert_eq!(told(&path, begin, now, 1).at.len(), 1);
    }
}
