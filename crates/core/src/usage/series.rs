//! How figures are kept: three rings of fixed size in one file, each slot 24 bytes, so that a session's
//! history never grows beyond [`SIZE`] whatever it does, and can be read from any time on.
//!
//! ```text
//! magic (8 bytes) | an hour by 1 s | a day by 10 s | a month by 1 min
//! slot: seconds since 1970 (u32 LE) | 9 figures (u16 LE) | the low half of their CRC-32 (u16 LE)
//! ```
//! A figure is 5 bits of exponent and 11 of mantissa: exact below 2048, and true to 0.05 % up to 2^42. A slot's
//! place is its time modulo the ring; one that holds another time is empty. Not here: files.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Usage;

/// The file's first bytes: a name and a version.
pub const MAGIC: &[u8; 8] = b"boskuse1";

/// Bytes of a slot.
pub const SLOT: usize = 24;

/// A ring of slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ring {
    /// Seconds that a slot stands for.
    pub step: u32,
    /// How many slots there are.
    pub slots: u32,
    /// Where it begins in the file.
    pub offset: u64,
}

/// The rings, the finest first.
pub const RINGS: [Ring; 3] = {
    let hour = Ring { step: 1, slots: 3_600, offset: MAGIC.len() as u64 };
    let day = Ring { step: 10, slots: 8_640, offset: hour.end() };
    let month = Ring { step: 60, slots: 43_200, offset: day.end() };
    [hour, day, month]
};

/// Most bytes that a file has.
pub const SIZE: u64 = RINGS[2].end();

impl Ring {
    /// Where it ends in the file.
    #[must_use]
    pub const fn end(self) -> u64 {
        self.offset + self.slots as u64 * SLOT as u64
    }

    /// How far back it reaches, in seconds.
    #[must_use]
    pub const fn reach(self) -> i64 {
        self.step as i64 * self.slots as i64
    }

    fn place(self, at: u32) -> u64 {
        self.offset + u64::from((at / self.step) % self.slots) * SLOT as u64
    }
}

/// The finest ring that reaches back to `from`, seen from `now` (both in seconds since 1970).
#[must_use]
pub fn ring_for(from: i64, now: i64) -> Ring {
    RINGS.into_iter().find(|ring| now - from <= ring.reach()).unwrap_or(RINGS[2])
}

/// Figures of some span of time.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize, TS)]
#[ts(export)]
pub struct Point {
    /// When the span begins: seconds since 1970.
    pub at: u32,
    /// Cores in use on average.
    pub cpu: f64,
    /// The most of them.
    pub cpu_max: f64,
    /// Memory in bytes on average.
    pub memory: f64,
    /// The most of it.
    pub memory_max: f64,
    /// Bytes read from disks in the span.
    pub read: f64,
    /// Bytes written to disks in the span.
    pub written: f64,
    /// Processes, at most.
    pub processes: u32,
    /// Threads, at most.
    pub threads: u32,
    /// Open files, at most.
    pub files: u32,
}

const KIB: f64 = 1024.0;
const MILLI: f64 = 1000.0;

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "saturating, and meant so"
)]
fn pack(value: f64) -> u16 {
    let value = value.round() as u64;
    let bits = 64 - value.leading_zeros();
    let mut shift = bits.saturating_sub(11);
    let mut mantissa = (value + (1 << shift >> 1)) >> shift;
    if mantissa > 0x7ff {
        mantissa >>= 1;
        shift += 1;
    }
    if shift > 31 { u16::MAX } else { (shift as u16) << 11 | mantissa as u16 }
}

#[expect(clippy::cast_precision_loss, reason = "11 bits are significant")]
fn unpack(packed: u16) -> f64 {
    (u64::from(packed & 0x7ff) << (packed >> 11)) as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count, saturating")]
fn count(packed: u16) -> u32 {
    unpack(packed) as u32
}

impl Point {
    /// As a slot.
    #[must_use]
    pub fn encode(&self) -> [u8; SLOT] {
        let figures = [
            self.cpu * MILLI,
            self.cpu_max * MILLI,
            self.memory / KIB,
            self.memory_max / KIB,
            self.read / KIB,
            self.written / KIB,
            f64::from(self.processes),
            f64::from(self.threads),
            f64::from(self.files),
        ];
        let mut slot = [0; SLOT];
        slot[..4].copy_from_slice(&self.at.to_le_bytes());
        for (place, figure) in slot[4..22].chunks_exact_mut(2).zip(figures) {
            place.copy_from_slice(&pack(figure).to_le_bytes());
        }
        let sum = check(&slot);
        slot[22..].copy_from_slice(&sum);
        slot
    }

    /// Reads a slot; none where it was never written, or is damaged.
    #[must_use]
    pub fn decode(slot: &[u8]) -> Option<Self> {
        let slot: &[u8; SLOT] = slot.try_into().ok()?;
        let at = u32::from_le_bytes(slot[..4].try_into().ok()?);
        if at == 0 || check(slot) != slot[22..] {
            return None;
        }
        let mut figures = [0; 9];
        for (figure, bytes) in figures.iter_mut().zip(slot[4..22].chunks_exact(2)) {
            *figure = u16::from_le_bytes([bytes[0], bytes[1]]);
        }
        let [cpu, cpu_max, memory, memory_max, read, written, processes, threads, files] = figures;
        Some(Self {
            at,
            cpu: unpack(cpu) / MILLI,
            cpu_max: unpack(cpu_max) / MILLI,
            memory: unpack(memory) * KIB,
            memory_max: unpack(memory_max) * KIB,
            read: unpack(read) * KIB,
            written: unpack(written) * KIB,
            processes: count(processes),
            threads: count(threads),
            files: count(files),
        })
    }
}

fn check(slot: &[u8; SLOT]) -> [u8; 2] {
    let [low, high, ..] = crc32fast::hash(&slot[..22]).to_le_bytes();
    [low, high]
}

/// A point in the making.
#[derive(Debug, Clone, Copy, Default)]
struct Gathering {
    point: Point,
    /// How many points are in it.
    number: f64,
}

impl Gathering {
    fn add(&mut self, at: u32, other: &Point) {
        if self.number == 0.0 {
            *self = Self { point: Point { at, ..*other }, number: 1.0 };
            return;
        }
        let (point, number) = (&mut self.point, self.number);
        let mean = |before: f64, new: f64| before + (new - before) / (number + 1.0);
        point.cpu = mean(point.cpu, other.cpu);
        point.memory = mean(point.memory, other.memory);
        point.cpu_max = point.cpu_max.max(other.cpu_max);
        point.memory_max = point.memory_max.max(other.memory_max);
        point.read += other.read;
        point.written += other.written;
        point.processes = point.processes.max(other.processes);
        point.threads = point.threads.max(other.threads);
        point.files = point.files.max(other.files);
        self.number += 1.0;
    }
}

/// Turns measurements into slots.
#[derive(Debug, Default)]
pub struct Recorder {
    open: [Gathering; 3],
    /// Bytes read and written at the measurement before.
    before: Option<(u64, u64)>,
}

impl Recorder {
    /// Takes a measurement. What is to be written, and where.
    #[expect(clippy::cast_precision_loss, reason = "0.05 % is kept of it")]
    pub fn take(&mut self, usage: &Usage) -> [(u64, [u8; SLOT]); 3] {
        let at = u32::try_from(usage.at / 1000).unwrap_or_default();
        let (read, written) =
            self.before.replace((usage.read, usage.written)).map_or((0, 0), |before| {
                (usage.read.saturating_sub(before.0), usage.written.saturating_sub(before.1))
            });
        let memory = usage.memory as f64;
        let point = Point {
            at,
            cpu: usage.cpu,
            cpu_max: usage.cpu,
            memory,
            memory_max: memory,
            read: read as f64,
            written: written as f64,
            processes: usage.processes,
            threads: usage.threads,
            files: usage.files,
        };
        let mut writes = [(0, [0; SLOT]); 3];
        for ((ring, open), write) in RINGS.into_iter().zip(&mut self.open).zip(&mut writes) {
            let begin = at - at % ring.step;
            if open.point.at != begin {
                *open = Gathering::default();
            }
            open.add(begin, &point);
            *write = (ring.place(begin), open.point.encode());
        }
        writes
    }
}

/// The points of a ring between two times (seconds since 1970), in order; `bytes` is what the file has of it.
#[must_use]
pub fn read(ring: Ring, bytes: &[u8], from: i64, to: i64) -> Vec<Point> {
    let mut points: Vec<Point> = bytes
        .chunks_exact(SLOT)
        .zip(0_u32..)
        .filter_map(|(slot, place)| {
            let point = Point::decode(slot)?;
            let here = (point.at / ring.step) % ring.slots == place;
            (here && (from..=to).contains(&i64::from(point.at))).then_some(point)
        })
        .collect();
    points.sort_unstable_by_key(|point| point.at);
    points
}

/// The same in spans of `step` seconds, each of which begins at a multiple of it.
#[must_use]
pub fn coarser(points: &[Point], step: u32) -> Vec<Point> {
    let step = step.max(1);
    let mut coarse: Vec<Gathering> = Vec::new();
    for point in points {
        let begin = point.at - point.at % step;
        match coarse.last_mut().filter(|last| last.point.at == begin) {
            Some(last) => last.add(begin, point),
            None => {
                let mut first = Gathering::default();
                first.add(begin, point);
                coarse.push(first);
            }
        }
    }
    coarse.into_iter().map(|one| one.point).collect()
}

#[cfg(test)]
#[path = "series_tests.rs"]
mod tests;
