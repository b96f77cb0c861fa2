//! Commits that the person's git signs, by real gpg and real ssh-keygen: with a key that is open, and with one whose
//! passphrase nobody can be asked for.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bosk_core::review::commit::CommitRequest;
use bosk_core::review::merge::MergeHow;
use bosk_core::{Problem, ProblemCode};
use bosk_tests::Sandbox;

use crate::bosk;
use crate::merging::{all, at_rest, commit_in, work, write};

/// What a key is protected by, where it is.
const PASSPHRASE: &str = "open sesame";

/// A sandbox whose git signs everything. Dropped, its agent is ended.
struct Signs {
    sandbox: Sandbox,
    gnupg: PathBuf,
}

impl Signs {
    fn new(format: &str, passphrase: &str) -> Self {
        let mut sandbox = Sandbox::new();
        let gnupg = sandbox.path("gnupg");
        std::fs::create_dir(&gnupg).unwrap();
        let closed = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        std::fs::set_permissions(&gnupg, closed).unwrap();
        sandbox.set("GNUPGHOME", gnupg.to_str().unwrap());
        let one = Self { sandbox, gnupg };
        let key = if format == "ssh" { one.ssh_key(passphrase) } else { one.gpg_key(passphrase) };
        let main = one.sandbox.repository("shop");
        for (name, value) in
            [("gpg.format", format), ("user.signingKey", &key), ("commit.gpgSign", "true")]
        {
            one.sandbox.git(&main, ["config", name, value]);
        }
        one
    }

    fn run(&self, program: &str, args: &[&str]) -> String {
        let mut command = Command::new(program);
        command.args(args).env_clear().envs(self.sandbox.environment()).stdin(Stdio::null());
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{program} {args:?}: {said}");
        String::from_utf8(output.stdout).unwrap()
    }

    fn gpg_key(&self, passphrase: &str) -> String {
        let secret = format!("--passphrase={passphrase}");
        let name = "Tester <tester@example.org>";
        let make = ["--batch", "--quiet", "--pinentry-mode=loopback", &secret];
        self.run(
            "gpg",
            &[&make[..], &["--quick-generate-key", name, "ed25519", "sign", "never"]].concat(),
        );
        // What it was made with is forgotten.
        self.run("gpgconf", &["--kill", "gpg-agent"]);
        let listed = self.run("gpg", &["--batch", "--list-secret-keys", "--with-colons"]);
        let line = listed.lines().find(|line| line.starts_with("fpr:")).unwrap();
        line.split(':').nth(9).unwrap().to_owned()
    }

    fn ssh_key(&self, passphrase: &str) -> String {
        let key = self.sandbox.path("key").to_str().unwrap().to_owned();
        self.run("ssh-keygen", &["-q", "-t", "ed25519", "-N", passphrase, "-f", &key]);
        let public = std::fs::read_to_string(format!("{key}.pub")).unwrap();
        let allowed = self.sandbox.path("allowed");
        std::fs::write(&allowed, format!("tester@example.org {public}")).unwrap();
        let main = self.sandbox.repository("shop");
        let setting = ["config", "gpg.ssh.allowedSignersFile", allowed.to_str().unwrap()];
        self.sandbox.git(&main, setting);
        key
    }

    /// Git's letter for the signature: `G` is a good one, `N` none.
    fn signature(&self, folder: &Path, commit: &str) -> String {
        self.sandbox.git(folder, ["log", "-1", "--no-walk", "--format=%G?", commit])
    }
}

impl Drop for Signs {
    fn drop(&mut self) {
        let mut end = Command::new("gpgconf");
        end.args(["--kill", "gpg-agent"]).env("GNUPGHOME", &self.gnupg);
        // Fails only where there is none.
        let _ = end.status();
    }
}

fn names_signing(problem: &Problem) {
    assert_eq!(problem.code, ProblemCode::GitFailed);
    let hint = problem.hint.as_deref().unwrap_or_default();
    assert!(
        problem.message.contains("could not be signed")
            && problem.message.contains("wants its passphrase")
            && hint.contains("Unlock your key"),
        "{problem:?}"
    );
}

#[tokio::test]
async fn an_open_key_signs_commits_amended_ones_and_all_that_merges_make() {
    for format in ["openpgp", "ssh"] {
        let signs = Signs::new(format, "");
        let sandbox = &signs.sandbox;
        let (session, _watched, folder) = at_rest(sandbox, "Sign").await;
        let (work, main) = (work(sandbox, &session).await, sandbox.repository("shop"));
        write(&folder, "a.txt", "a\n");
        assert!(work.commit_plan().await.unwrap().signed);
        let first = work.commit(&all("First")).await.unwrap();
        assert_eq!(signs.signature(&folder, &first), "G", "{format}");
        let amend = CommitRequest { amend: Some(first), ..all("Amended") };
        let amended = work.commit(&amend).await.unwrap();
        assert_eq!(signs.signature(&folder, &amended), "G", "{format}");
        write(&folder, "b.txt", "b\n");
        let bare = work.commit(&CommitRequest { sign: false, ..all("Bare") }).await.unwrap();
        assert_eq!(signs.signature(&folder, &bare), "N", "the person's own wish");

        commit_in(sandbox, &main, "o.txt", "o\n");
        for how in [MergeHow::Merge, MergeHow::Squash, MergeHow::Rebase] {
            let plan = work.merge_plan(None, how).await.unwrap();
            let sides = (plan.head.as_str(), plan.target_head.as_str());
            let merged = work.merge(how, "main", sides, "Bring it").await.unwrap();
            let all = sandbox.git(
                &main,
                ["log", "--first-parent", "--format=%G?", &format!("{}..main", plan.target_head)],
            );
            assert!(all.lines().all(|one| one == "G"), "{format} {how:?}: {all}");
            work.undo_merge("main", &merged).await.unwrap();
            // And without, where that is said.
            let merged =
                work.clone().unsigned().merge(how, "main", sides, "Bring it").await.unwrap();
            assert_eq!(signs.signature(&main, &merged.commit), "N");
            work.undo_merge("main", &merged).await.unwrap();
        }
        for how in [MergeHow::Merge, MergeHow::Rebase] {
            work.update_branch(None, how).await.unwrap();
            assert_eq!(signs.signature(&folder, "HEAD"), "G", "{format} {how:?}");
            commit_in(sandbox, &main, &format!("{how:?}"), "more\n");
        }
        session.stop().await;
    }
}

#[tokio::test]
async fn a_passphrase_that_nobody_can_be_asked_for_leaves_all_as_it_was() {
    for format in ["openpgp", "ssh"] {
        let signs = Signs::new(format, PASSPHRASE);
        let sandbox = &signs.sandbox;
        let (session, _watched, folder) = at_rest(sandbox, "Sign").await;
        let (work, main) = (work(sandbox, &session).await, sandbox.repository("shop"));
        let unsigned = CommitRequest { sign: false, ..all("Unsigned") };
        write(&folder, "a.txt", "a\n");
        let head = work.commit(&unsigned).await.unwrap();
        write(&folder, "staged.txt", "s\n");
        sandbox.git(&folder, ["add", "staged.txt"]);
        write(&folder, "written.txt", "w\n");
        let seen = || {
            let status = sandbox.git(&folder, ["status", "--porcelain", "-uall"]);
            (sandbox.git(&folder, ["rev-parse", "HEAD", "main"]), status)
        };
        let before = seen();
        let begun = std::time::Instant::now();
        for request in [
            all("All"),
            CommitRequest { all: false, ..all("Staged") },
            CommitRequest { amend: Some(head), ..all("Amend") },
        ] {
            names_signing(&work.commit(&request).await.unwrap_err());
            assert_eq!(seen(), before, "{format}");
        }
        assert!(begun.elapsed() < std::time::Duration::from_secs(60), "no deadline was needed");
        let (code, _, said) = bosk(sandbox, &["commit", session.id.short()]).await;
        assert!(code == 2 && said.contains("passphrase") && said.contains("--no-sign"), "{said}");
        assert_eq!(seen(), before);

        work.commit(&unsigned).await.unwrap();
        sandbox.git(
            &main,
            ["-c", "commit.gpgSign=false", "commit", "-q", "--allow-empty", "-m", "other"],
        );
        let before = seen();
        for how in [MergeHow::Merge, MergeHow::Squash, MergeHow::Rebase] {
            let plan = work.merge_plan(None, how).await.unwrap();
            let sides = (plan.head.as_str(), plan.target_head.as_str());
            names_signing(&work.merge(how, "main", sides, "m").await.unwrap_err());
            assert_eq!(seen(), before, "{format} {how:?}");
        }
        for how in [MergeHow::Merge, MergeHow::Rebase] {
            names_signing(&work.update_branch(None, how).await.unwrap_err());
            assert_eq!(seen(), before, "{format} {how:?}");
            assert!(work.conflicts().await.unwrap().operation.is_none());
        }
        let (code, _, said) = bosk(sandbox, &["update", session.id.short(), "--no-sign"]).await;
        assert_eq!(code, 0, "{said}");
        session.stop().await;
    }
}
