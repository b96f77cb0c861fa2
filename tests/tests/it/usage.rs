//! What a session uses, as its keeper measures it, against the kernel's own figures for the same
//! processes; and what each tool use came to.

use bosk_core::transcript::EntryBody;
use bosk_core::usage::{ProcessUsage, ToolCost, series};
use bosk_core::wire::Call;
use bosk_runtime::usage::USAGE;
use bosk_tests::signal::Words;
use bosk_tests::{Sandbox, Session, Watched, processes, spec};

use super::tool;

/// The memory that `pids` have, each shared page divided among those that have it.
fn pss(pids: &[u32]) -> f64 {
    let of = |pid: &u32| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("Pss:")).map(str::trim);
        line.and_then(|line| line.strip_suffix(" kB")?.trim().parse::<f64>().ok()).unwrap_or(0.0)
    };
    pids.iter().map(of).sum::<f64>() * 1024.0
}

/// CPU seconds that a process has used itself, from its scheduler's nanoseconds.
fn cpu(pid: u32) -> f64 {
    let threads = std::fs::read_dir(format!("/proc/{pid}/task")).into_iter().flatten().flatten();
    let of = |path: std::path::PathBuf| -> Option<f64> {
        let text = std::fs::read_to_string(path.join("schedstat")).ok()?;
        text.split(' ').next()?.parse().ok()
    };
    threads.filter_map(|thread| of(thread.path())).sum::<f64>() / 1e9
}

async fn processes_of(watched: &Watched) -> Vec<ProcessUsage> {
    serde_json::from_value(watched.call(Call::Processes).await.unwrap()).unwrap()
}

fn costs(session: &Session<'_>) -> Vec<Option<ToolCost>> {
    let bodies = session.transcript().into_iter().map(|entry| entry.body);
    let costs = bodies.filter_map(|body| match body {
        EntryBody::ToolUse { cost, result: Some(_), .. } => Some(cost),
        _ => None,
    });
    costs.collect()
}

#[tokio::test]
async fn a_hostile_tree_is_counted_whole_and_once() {
    let sandbox = Sandbox::new();
    let mut words = Words::at(sandbox.path("words"));
    let pipe = words.path().display();
    let prompt = format!("leave\n!fork {pipe}\n!tool {}", tool("eat 200 1000"));
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), &prompt)).await.unwrap();
    let mut watched = session.follow().await;
    watched.look().await.unwrap();
    let mut hostile = Vec::new();
    for _ in 0..6 {
        hostile.push(words.next_process().await.pid);
    }
    watched.until_usage("eaten", |usage| usage.memory > 200 << 20 && usage.processes >= 9).await;
    // Once more, after the shared pages were divided.
    let before = watched.until_usage("measured", |_| true).await.at;
    let usage = watched.until_usage("again", |usage| usage.at > before + 1500).await;
    let processes = processes_of(&watched).await;
    let pids: Vec<u32> = processes.iter().map(|one| one.pid).collect();
    for pid in &hostile {
        assert!(pids.contains(pid), "{pid} is missing from {processes:#?}");
    }
    // Everything that descends from the keeper, found another way.
    let mut known: Vec<u32> =
        processes::with_cookie(&session.id).into_iter().map(|one| one.0).collect();
    known.retain(|pid| Some(*pid) != session.keeper().map(|keeper| keeper.pid));
    for pid in known {
        assert!(pids.contains(&pid), "{pid} is missing from {processes:#?}");
    }
    let mut distinct = pids.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(distinct.len(), pids.len(), "each is counted once");
    assert_eq!(usage.processes as usize, pids.len());
    #[expect(clippy::cast_precision_loss, reason = "a ratio")]
    let ratio = usage.memory as f64 / pss(&pids);
    assert!((0.95..1.05).contains(&ratio), "memory is {ratio} of the kernel's");
    // When memory runs out a tool goes first, then its session, and neither Bosk nor the desktop.
    let likely = |pid: u32| {
        let text = std::fs::read_to_string(format!("/proc/{pid}/oom_score_adj")).unwrap();
        text.trim().parse::<i32>().unwrap()
    };
    let keeper = session.keeper().unwrap().pid;
    let root = processes.iter().find(|one| one.parent == keeper && one.name == "stand-in-claude");
    let tool = processes.iter().find(|one| one.name == "sh").unwrap();
    assert!(likely(tool.pid) > likely(root.unwrap().pid));
    assert!(
        likely(root.unwrap().pid) > likely(keeper) && likely(keeper) <= likely(std::process::id())
    );
    assert!(usage.threads >= usage.processes && usage.files >= 3 * 6, "{usage:?}");
}

#[tokio::test]
async fn cpu_time_of_short_lives_counts_and_is_the_tools() {
    let sandbox = Sandbox::new();
    let prompt = format!(
        "work\n!tool {}\n!tool {}\n!tool true",
        tool("spawn 60 25"),
        tool("eat 120 400 & sleep 1; kill $!")
    );
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), &prompt)).await.unwrap();
    let mut watched = session.follow().await;
    watched.look().await.unwrap();
    watched.idle().await;
    let costs = costs(&session);
    let [Some(spawned), Some(eater), _] = costs[..] else { panic!("{costs:?}") };
    // Sixty lives of 25 ms, none of which was there at two measurements.
    assert!((1.4..2.4).contains(&spawned.cpu_seconds), "{spawned:?}");
    let peak = eater.peak_memory.unwrap() >> 20;
    assert!((114..140).contains(&peak), "{eater:?}");
    let usage = watched.until_usage("all of it", |usage| usage.cpu_seconds > 1.4).await;
    let root = processes_of(&watched).await[0].pid;
    let (all, own) = (usage.cpu_seconds, cpu(root));
    let tools = spawned.cpu_seconds + eater.cpu_seconds;
    assert!((all - own - tools).abs() < 0.05 * all + 0.05, "{all} s is {own} + {tools}");
}

#[tokio::test]
async fn history_is_kept_and_read_again() {
    let sandbox = Sandbox::new();
    let prompt = format!("work\n!tool {}", tool("spin 2500"));
    let session = sandbox.launch(&spec(&sandbox.repository("shop"), &prompt)).await.unwrap();
    let mut watched = session.follow().await;
    watched.look().await.unwrap();
    watched.idle().await;
    session.stop().await;
    let bytes = std::fs::read(session.folder().join(USAGE)).unwrap();
    let hour = series::RINGS[0];
    let (from, to) = (usize::try_from(hour.offset).unwrap(), usize::try_from(hour.end()).unwrap());
    let points = series::read(hour, &bytes[from..to.min(bytes.len())], 0, i64::MAX);
    assert!(points.len() >= 3, "{points:?}");
    assert!(points.iter().any(|point| point.cpu > 0.5), "{points:?}");
    assert!(bytes.len() as u64 <= series::SIZE);
}
