//! Finding among made-up programs: scripts that answer like a CLI of some version, or do not.
#![cfg(unix)]

use std::os::unix::fs::PermissionsExt as _;

use super::super::stand_in;
use super::*;

struct Machine {
    home: tempfile::TempDir,
}

impl Machine {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap() }
    }

    fn program(&self, place: &str, script: &str) -> PathBuf {
        let path = self.home.path().join(place);
        stand_in::write(&path, script);
        path
    }

    fn answering(&self, place: &str, version: &str) -> PathBuf {
        self.program(place, &format!("#!/bin/sh\necho '{version} (Claude Code)'\n"))
    }

    /// Only this machine's folders, so that a CLI of the computer that runs the test is not found.
    fn environment(&self, path: &str) -> Environment {
        let home = self.home.path();
        [("HOME", home.to_owned()), ("PATH", home.join(path))].into_iter().collect()
    }
}

#[test]
fn reads_versions_and_nothing_else() {
    assert_eq!(Version::parse("2.1.330 (Claude Code)\n"), Some(Version(2, 1, 330)));
    assert_eq!(Version::parse("2.2.0-beta.1 (Claude Code)"), Some(Version(2, 2, 0)));
    assert!(Version(2, 10, 0) > Version(2, 9, 9));
    for stranger in
        ["", "2.1.330", "2.1 (Claude Code)", "claude 3 (shell)", "2.1.3.4 (Claude Code)"]
    {
        assert_eq!(Version::parse(stranger), None, "{stranger}");
    }
}

#[tokio::test]
async fn what_is_named_comes_first_and_is_never_replaced() {
    let machine = Machine::new();
    let named = machine.answering("named", "2.1.0");
    let setting = machine.answering("setting", "2.2.0");
    machine.answering("bin/claude", "2.3.0");
    let mut environment = machine.environment("bin");
    let version = |found: Result<Cli, Problem>| found.unwrap().version;
    assert_eq!(version(find(&environment, None).await), Version(2, 3, 0));
    assert_eq!(version(find(&environment, Some(&setting)).await), Version(2, 2, 0));
    environment.set(NAMED_BY, named);
    assert_eq!(version(find(&environment, Some(&setting)).await), Version(2, 1, 0));
    environment.set(NAMED_BY, machine.home.path().join("nowhere"));
    let problem = find(&environment, None).await.unwrap_err();
    assert_eq!(problem.code, ProblemCode::CliMissing);
    assert!(problem.message.contains("nowhere"), "{problem:?}");
}

#[tokio::test]
async fn a_cli_outside_of_the_path_is_found_and_an_old_one_passed_over() {
    let machine = Machine::new();
    machine.answering("bin/claude", "1.0.88");
    let environment = machine.environment("bin");
    let problem = find(&environment, Some(&machine.home.path().join("bin/claude"))).await;
    assert_eq!(problem.unwrap_err().code, ProblemCode::CliTooOld);
    let newer = machine.answering(".nvm/versions/node/v22.3.0/bin/claude", "2.1.7");
    let found = find(&environment, None).await.unwrap();
    assert_eq!((found.path(), found.version), (newer.as_path(), Version(2, 1, 7)));
}

#[tokio::test]
async fn missing_is_told_from_not_executable_and_from_broken() {
    let machine = Machine::new();
    let code = async |path: &Path| {
        let environment = machine.environment("none");
        find(&environment, Some(path)).await.unwrap_err()
    };
    assert_eq!(code(Path::new("/nowhere/claude")).await.code, ProblemCode::CliMissing);

    let locked = machine.answering("locked", "2.1.0");
    std::fs::set_permissions(&locked, std::fs::Permissions::from_mode(0o644)).unwrap();
    let problem = code(&locked).await;
    assert_eq!(problem.code, ProblemCode::CliFailed);
    assert!(problem.hint.unwrap().contains("chmod"));

    let orphan = machine.program("orphan", "#!/nowhere/node\n");
    assert!(code(&orphan).await.hint.unwrap().contains("Node.js"));
    let orphan = machine.program("orphan2", "#!/usr/bin/env nowhere-node\n");
    assert!(code(&orphan).await.hint.unwrap().contains("Node.js"));

    let stranger = machine.program("stranger", "#!/bin/sh\necho hello\n");
    assert_eq!(code(&stranger).await.code, ProblemCode::CliFailed);
    let failing = machine.program("failing", "#!/bin/sh\necho '2.1.0 (Claude Code)'; exit 1\n");
    assert_eq!(code(&failing).await.code, ProblemCode::CliFailed);
    assert_eq!(code(machine.home.path()).await.code, ProblemCode::CliFailed);
}

#[tokio::test]
async fn a_silent_program_is_given_up() {
    let machine = Machine::new();
    let silent = machine.program("silent", "#!/bin/sh\nexec /bin/sleep 60\n");
    let environment = machine.environment("none");
    let refusal = check(&silent, &environment, Duration::from_millis(100)).await.unwrap_err();
    assert!(matches!(refusal, Refusal::Silent), "{refusal}");
}

#[test]
fn arguments_follow_those_of_the_program() {
    let program = Program { path: "node.exe".into(), first_args: vec!["cli.js".into()] };
    let cli = Cli { program, version: MINIMUM };
    assert_eq!(cli.args(["--print"]), ["cli.js", "--print"]);
}
