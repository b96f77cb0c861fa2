use super::*;
use proptest::prelude::*;

fn usage(at: i64, cpu: f64, memory: u64, read: u64) -> Usage {
    Usage { at, cpu, memory, read, processes: 3, threads: 9, files: 40, ..Usage::default() }
}

/// What a file would hold after these measurements.
fn file(usages: &[Usage]) -> Vec<u8> {
    let mut bytes = vec![0; usize::try_from(SIZE).unwrap()];
    let mut recorder = Recorder::default();
    for usage in usages {
        for (at, slot) in recorder.take(usage) {
            let at = usize::try_from(at).unwrap();
            bytes[at..at + SLOT].copy_from_slice(&slot);
        }
    }
    bytes
}

fn of(ring: Ring, file: &[u8]) -> &[u8] {
    &file[usize::try_from(ring.offset).unwrap()..usize::try_from(ring.end()).unwrap()]
}

proptest! {
    #[test]
    fn a_figure_is_true_to_a_two_thousandth(value in 0_u64..1 << 42) {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^53")]
        let value = value as f64;
        let kept = unpack(pack(value));
        prop_assert!((kept - value).abs() <= value / 2048.0, "{value} became {kept}");
    }

    #[test]
    fn a_slot_comes_back_and_a_damaged_one_does_not(
        at in 1_u32.., cpu in 0.0..500.0, memory in 0.0..1e13, files in 0_u32..100_000, bit in 0_usize..192,
    ) {
        let point = Point { at, cpu, cpu_max: cpu, memory, memory_max: memory, files, ..Point::default() };
        let slot = point.encode();
        let back = Point::decode(&slot).unwrap();
        prop_assert_eq!(back.at, at);
        prop_assert!((back.cpu - cpu).abs() <= cpu / 1000.0 + 0.001);
        prop_assert!((back.memory - memory).abs() <= memory / 1000.0 + 1024.0);
        let mut damaged = slot;
        damaged[bit / 8] ^= 1 << (bit % 8);
        // A 16-bit sum finds every single flipped bit.
        prop_assert_eq!(Point::decode(&damaged), None);
    }

    #[test]
    fn no_written_second_is_lost_within_the_hour(start in 1_000_000_i64..2_000_000_000, gaps in prop::collection::vec(1_i64..30, 1..100)) {
        let mut at = start;
        let times: Vec<i64> = gaps.iter().map(|gap| { at += gap; at }).collect();
        let usages: Vec<Usage> = times.iter().map(|at| usage(at * 1000, 1.0, 1 << 20, 0)).collect();
        let bytes = file(&usages);
        let read = read(RINGS[0], of(RINGS[0], &bytes), start, at);
        prop_assert_eq!(read.iter().map(|point| i64::from(point.at)).collect::<Vec<_>>(), times);
    }
}

#[test]
fn coarse_rings_keep_mean_and_peak_and_add_up_what_flowed() {
    let usages: Vec<Usage> = (0..60_u32)
        .map(|second| {
            let busy = f64::from(u8::from(second == 7));
            usage(
                1_700_000_040_000 + i64::from(second) * 1000,
                4.0 * busy,
                1 << 30,
                u64::from(second) << 20,
            )
        })
        .collect();
    let bytes = file(&usages);
    let minute = read(RINGS[2], of(RINGS[2], &bytes), 0, i64::MAX);
    let [minute] = minute[..] else { panic!("{minute:?}") };
    assert_eq!(minute.at, 1_700_000_040);
    assert!((minute.cpu - 4.0 / 60.0).abs() < 0.001 && (minute.cpu_max - 4.0).abs() < 0.01);
    assert!((minute.read - f64::from(59 << 20)).abs() < f64::from(1 << 20) * 0.05);
    let tens = read(RINGS[1], of(RINGS[1], &bytes), 0, i64::MAX);
    assert_eq!(tens.len(), 6);
    assert!((tens[0].cpu - 0.4).abs() < 0.001 && tens[1].cpu == 0.0);
    let coarse = coarser(&tens, 30);
    assert_eq!(coarse.iter().map(|point| point.at % 60).collect::<Vec<_>>(), [0, 30]);
    assert!((coarse[0].cpu_max - 4.0).abs() < 0.01);
}

#[test]
fn a_ring_that_goes_round_forgets_the_oldest() {
    let usages: Vec<Usage> =
        (0..4000).map(|second| usage((1_700_000_000 + second) * 1000, 0.5, 1 << 20, 0)).collect();
    let bytes = file(&usages);
    let hour = read(RINGS[0], of(RINGS[0], &bytes), 0, i64::MAX);
    assert_eq!((hour.len(), hour[0].at, hour[3599].at), (3600, 1_700_000_400, 1_700_003_999));
    assert_eq!(ring_for(0, 3600), RINGS[0]);
    assert_eq!(ring_for(0, 3601), RINGS[1]);
    assert_eq!(ring_for(0, i64::MAX), RINGS[2]);
    assert_eq!(SIZE, 8 + 55_440 * 24, "a month of a session, in bytes");
}
