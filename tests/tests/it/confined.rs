//! Limits that the kernel itself holds, in a kernel of the test's own: the machine's may have its cgroups
//! elsewhere. Each test runs the ignored one below that has its name.

use bosk_core::limits::{Limit, Limits, Mechanism, Rung};
use bosk_core::session::PausedBy;
use bosk_core::wire::Call;
use bosk_tests::kernel::{self, Owner};
use bosk_tests::{Sandbox, Watched, spec};

use super::limits::{GIB, limited, memory, notes, results, told};
use super::tool;

#[test]
fn the_kernel_ends_a_tool_before_it_exceeds_its_memory() {
    kernel::run("confined::inside::what_eats_is_ended", Owner::Nobody);
}

#[test]
fn so_it_does_in_a_scope_of_the_users_systemd() {
    kernel::run("confined::inside::what_eats_is_ended", Owner::Systemd);
}

#[test]
fn many_processes_do_not_exceed_it_together_and_a_second_offence_takes_the_next_rung() {
    kernel::run("confined::inside::many_are_ended_and_then_paused", Owner::Nobody);
}

#[test]
fn the_kernel_ends_nothing_that_the_person_wants_paused() {
    kernel::run("confined::inside::what_is_to_be_paused_is_slowed_down", Owner::Nobody);
}

#[test]
fn a_bomb_is_fenced_in_by_the_kernel() {
    kernel::run("confined::inside::a_bomb_is_fenced_in", Owner::Nobody);
}

#[test]
fn a_limit_that_is_set_later_is_held_as_well() {
    kernel::run("confined::inside::a_limit_is_set_later", Owner::Systemd);
}

/// Inside of that kernel.
mod inside {
    use super::*;

    fn sandbox() -> Sandbox {
        let mut sandbox = Sandbox::new();
        if let Some(folder) = std::env::var_os("XDG_RUNTIME_DIR") {
            sandbox.set("XDG_RUNTIME_DIR", folder);
        }
        sandbox
    }

    /// A tool that fills most of what is allowed at once, in a file that lies in memory, before it goes on: to
    /// touch as much page by page takes this kernel half a minute.
    fn nearly_full(then: &str) -> String {
        format!("{}; {then}", tool("fill /tmp/in-memory 850 9000"))
    }

    fn peak() -> u64 {
        kernel::group("memory.peak").unwrap().trim().parse().unwrap()
    }

    async fn held_by_the_kernel(watched: &mut Watched) {
        watched.look().await.unwrap();
        watched.until_measured("held", |usage| usage.mechanism == Mechanism::Cgroup).await;
    }

    #[tokio::test]
    #[ignore = "in a kernel of its own"]
    async fn what_eats_is_ended() {
        let sandbox = sandbox();
        let session = sandbox.launch(&limited(&sandbox, "wait\n!hold", memory())).await.unwrap();
        let mut watched = session.follow().await;
        watched.working().await;
        held_by_the_kernel(&mut watched).await;
        watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
        watched.idle().await;
        let eat = nearly_full(&tool("eat 400 4000"));
        watched.send(&format!("eat\n!tool {eat}\n!say I go on.")).await.unwrap();
        watched.until("done", |_| session.texts().iter().any(|text| text == "I go on.")).await;
        assert!(peak() <= GIB, "{} of {GIB}", peak());
        assert_eq!(results(&session), ["exit code 137"], "of the shell's child alone");
        let reached = notes(&session).into_iter().find(|note| note.reached).unwrap();
        assert_eq!((reached.limit, reached.rung), (Limit::Memory, Some(Rung::StopTool)));
        watched.until("told", |_| !told(&session).is_empty()).await;
        watched.idle().await;
        session.stop().await;
        assert_eq!(kernel::group("cgroup.procs"), None, "the group has gone with the session");
    }

    #[tokio::test]
    #[ignore = "in a kernel of its own"]
    async fn many_are_ended_and_then_paused() {
        let sandbox = sandbox();
        let eater = tool("eat 80 3000");
        let many = nearly_full(&format!("{eater} & {eater} & {eater} & {eater} & {eater} & wait"));
        let prompt = format!("eat\n!tool {many}");
        let session = sandbox.launch(&limited(&sandbox, &prompt, memory())).await.unwrap();
        let mut watched = session.follow().await;
        watched.until("ended", |_| notes(&session).iter().any(|note| note.reached)).await;
        // Some of them fit: what was ended gave back enough. What is left stands in the way of the next.
        watched.call(Call::Interrupt { drop_queued: false }).await.unwrap();
        let later = format!("sleep 3; {}", tool("eat 400 4000"));
        // What was left of the first may still eat when it comes, and then is the same offence.
        watched.send(&format!("again{}", format!("\n!tool {later}").repeat(3))).await.unwrap();
        watched.until("paused", |status| status.summary.paused.is_some()).await;
        let by = watched.status().summary.paused.unwrap().by;
        assert_eq!(by, PausedBy::Limit { limit: Limit::Memory });
        assert_eq!(told(&session).len(), 1, "many at once are one offence");
        assert!(peak() <= GIB, "{} of {GIB}", peak());
        session.stop().await;
    }

    #[tokio::test]
    #[ignore = "in a kernel of its own"]
    async fn what_is_to_be_paused_is_slowed_down() {
        let sandbox = sandbox();
        let limits = Limits { ladder: vec![Rung::Pause], ..memory() };
        let prompt = format!("eat\n!tool {}", nearly_full(&tool("eat 1000 2000")));
        let session = sandbox.launch(&limited(&sandbox, &prompt, limits)).await.unwrap();
        let mut watched = session.follow().await;
        watched.until("paused", |status| status.summary.paused.is_some()).await;
        assert!(results(&session).is_empty(), "nothing was ended");
        assert!(peak() < GIB + GIB / 8, "{} of {GIB}", peak());
        session.stop().await;
    }

    #[tokio::test]
    #[ignore = "in a kernel of its own"]
    async fn a_bomb_is_fenced_in() {
        let sandbox = sandbox();
        let limits = Limits { processes: Some(8), ..Limits::default() };
        let prompt =
            format!("fork\n!tool {} & {}\n!say Put out.", tool("fork 300"), tool("fork 300"));
        let session = sandbox.launch(&limited(&sandbox, &prompt, limits)).await.unwrap();
        let mut watched = session.follow().await;
        watched.until("put out", |_| session.texts().iter().any(|text| text == "Put out.")).await;
        let most: u64 = kernel::group("pids.max").unwrap().trim().parse().unwrap();
        let peak: u64 = kernel::group("pids.peak").unwrap().trim().parse().unwrap();
        assert!(most == 384 && peak <= most, "{peak} of {most}");
        session.stop().await;
    }

    #[tokio::test]
    #[ignore = "in a kernel of its own"]
    async fn a_limit_is_set_later() {
        let sandbox = sandbox();
        let spec =
            spec(&sandbox.repository("shop"), &format!("wait\n!tool {}", tool("eat 100 1000")));
        let session = sandbox.launch(&spec).await.unwrap();
        let mut watched = session.follow().await;
        watched.look().await.unwrap();
        watched.until_usage("eaten", |usage| usage.memory > 100 << 20).await;
        assert_eq!(kernel::group("cgroup.procs"), None);
        watched.call(Call::SetLimits { limits: memory() }).await.unwrap();
        held_by_the_kernel(&mut watched).await;
        let inside = kernel::group("cgroup.procs").unwrap().lines().count();
        assert!(inside >= 3, "the CLI, its shell and its tool were moved in: {inside}");
        watched.call(Call::SetLimits { limits: Limits::default() }).await.unwrap();
        assert_eq!(kernel::group("memory.max").as_deref(), Some("max\n"));
        session.stop().await;
    }
}
