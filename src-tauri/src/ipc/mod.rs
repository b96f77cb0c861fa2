//! The commands that the page may call: take the arguments, call the runtime, answer. One file for
//! each part of the window. Not here: anything that decides.

mod archive;
pub(crate) mod claude;
mod fleet;
pub(crate) mod launch;
mod merging;
mod queue;
mod review;
mod schedules;
pub(crate) mod session;
mod settings;
mod templates;
mod terminal;
mod usage;
mod variants;
mod windows;
mod worktree;
mod worktrees;

use bosk_core::{Problem, ProblemCode};
use tauri::Wry;
use tauri::ipc::Invoke;

/// What a command answers.
type Answer<T> = Result<T, Problem>;

/// All commands.
pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        fleet::snapshot,
        fleet::listen,
        fleet::acknowledge,
        fleet::watch,
        fleet::unwatch,
        fleet::transcript_page,
        fleet::find_in_transcript,
        launch::describe_repository,
        launch::init_repository,
        launch::plan_launch,
        launch::trust_report,
        launch::accept_trust,
        launch::expect_launch,
        launch::launch,
        launch::try_rehearsal,
        launch::pick_folder,
        queue::queue_add,
        queue::queue_cancel,
        queue::queue_hold,
        queue::queue_release,
        queue::queue_move,
        queue::queue_prioritise,
        queue::batch_prompts,
        queue::batch_file,
        review::review,
        review::file_lines,
        review::picture_side,
        review::watch_folder,
        review::unwatch_folder,
        review::mark_viewed,
        review::do_picked,
        review::undos,
        review::undo_deed,
        review::find_files,
        review::read_file,
        review::write_file,
        review::unsaved,
        review::unsaved_text,
        review::keep_unsaved,
        review::drop_unsaved,
        review::comments,
        review::save_comment,
        review::remove_comment,
        review::send_comments,
        schedules::save_schedule,
        schedules::remove_schedule,
        schedules::enable_schedule,
        schedules::run_schedule,
        schedules::schedule_times,
        terminal::terminals,
        terminal::open_terminal,
        terminal::listen_terminal,
        terminal::shown_terminal,
        terminal::write_terminal,
        terminal::resize_terminal,
        terminal::close_terminal,
        terminal::open_with,
        templates::templates,
        templates::save_template,
        templates::remove_template,
        templates::export_template,
        session::send,
        session::edit_queued,
        session::remove_queued,
        session::answer,
        session::interrupt,
        session::set_effort,
        session::ask_about,
        session::stop_task,
        session::reconnect_server,
        session::stop,
        session::adopt,
        session::resume,
        session::try_again,
        session::answer_setup,
        session::set_permission_mode,
        session::set_model,
        session::suggest_files,
        usage::look,
        usage::usage_history,
        usage::tool_marks,
        usage::spent,
        usage::processes,
        usage::pause,
        usage::go_on,
        usage::pause_all,
        usage::go_on_all,
        usage::kill,
        usage::set_limits,
        usage::save_file,
        variants::launch_variants,
        variants::compare_variants,
        variants::choose_variant,
        windows::open_window,
        windows::quit,
        worktree::changed_files,
        worktree::file_diff,
        worktree::removal_plan,
        worktree::rewind_plan,
        worktree::rewind,
        worktree::undo_rewind,
        worktree::remove_session,
        worktree::reveal,
        archive::archive_plan,
        archive::archive,
        archive::restore,
        archive::delete_plan,
        archive::delete_worktree,
        archive::archived_delete_plan,
        archive::delete_archived,
        archive::worktree_size,
        archive::disk_use,
        archive::clean_builds,
        worktrees::worktrees,
        worktrees::adopt_worktree,
        worktrees::release_worktree,
        worktrees::hand_over,
        worktrees::start_run,
        worktrees::stop_run,
        worktrees::run_log,
        merging::commit_plan,
        merging::commit,
        merging::branch_log,
        merging::merge_plan,
        merging::merge,
        merging::undo_merge,
        merging::update_branch,
        merging::conflicts,
        merging::conflict_file,
        merging::resolve_conflict,
        merging::go_on_operation,
        merging::abort_operation,
        merging::hand_over_conflicts,
        merging::push_plan,
        merging::push,
        merging::cancel_push,
        merging::remote_has,
        merging::forge,
        merging::open_pull_request,
        merging::send_feedback,
        settings::save_settings,
        settings::open_external,
        settings::remember,
        settings::recall,
        claude::opened,
        claude::store_token,
        claude::forget_token,
        claude::refresh_cli,
        claude::refresh_auth,
    ]
}

/// A failure that has no meaning for the person's work.
pub(crate) fn internal(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(ProblemCode::Internal, format!("The window could not do this: {error}."))
}

/// Waits where waiting does no harm.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Problem> + Send + 'static,
) -> Answer<T> {
    tokio::task::spawn_blocking(work).await.map_err(|error| internal(&error))?
}
