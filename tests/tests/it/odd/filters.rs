//! A repository whose git configuration comes to name programs while a session works in it: whatever keeps the session's
//! files or puts them back runs none of them before the person has agreed.

use std::path::PathBuf;

use bosk_tests::{Sandbox, spec};

use super::says;
use crate::bosk;

#[tokio::test]
async fn no_program_that_nobody_agreed_to_is_run() {
    let sandbox = Sandbox::new();
    let root = sandbox.repository("shop");
    let spec = spec(&root, "!say Hello.");
    let session = sandbox.launch(&spec).await.unwrap();
    let mut watched = session.follow().await;
    let folder = PathBuf::from(watched.idle().await.summary.folder.clone());
    let mark = sandbox.path("mark");
    let run = format!("touch '{}'; cat", mark.display());
    for name in ["clean", "smudge"] {
        sandbox.git(&root, ["config", &format!("filter.evil.{name}"), &run]);
    }
    std::fs::write(folder.join(".gitattributes"), "* filter=evil\n").unwrap();
    std::fs::write(folder.join("readme.md"), "other\n").unwrap();
    // Nor by what is kept before a turn.
    watched.turn("!say Again.").await;
    drop(watched);
    session.stop().await;
    let id = session.id.as_str();
    for args in [
        &["rm", "--yes", id][..],
        &["back", "--files", id, "1"],
        &["back", "--show", id, "1"],
        &["hand-over", id, "repository"],
        &["commit", id, "--message", "All of it"],
        &["merge", id, "--squash"],
    ] {
        let (code, _, said) = bosk(&sandbox, args).await;
        assert!(code != 0 && said.contains("you have not agreed"), "{args:?}: {said}");
        assert!(!mark.exists() && folder.exists(), "{args:?}");
    }
    sandbox.trust(&spec).await.unwrap();
    // To these programs, whatever else it brings by now.
    std::fs::write(root.join(".mcp.json"), r#"{"mcpServers":{"x":{"command":"x"}}}"#).unwrap();
    says(&sandbox, &["back", "--files", id, "1"]).await;
    assert!(mark.exists());
    assert_eq!(std::fs::read_to_string(folder.join("readme.md")).unwrap(), "hello\n");
    says(&sandbox, &["rm", "--yes", id]).await;
    // To no others.
    sandbox.git(&root, ["config", "filter.other.clean", "cat"]);
    let mut archived: Vec<bosk_core::worktree::ArchivedWorktree> =
        super::told(&sandbox, &["archived", "--json"]).await;
    let entry = archived.remove(0).id;
    std::fs::remove_dir_all(sandbox.home().trash().join(&entry).join("tree")).unwrap();
    let (code, _, said) = bosk(&sandbox, &["restore", &entry]).await;
    assert!(code != 0 && said.contains("you have not agreed"), "{said}");
}
