//! The addresses under `/api/claude`.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use bosk_core::queue::{Addition, Order, QueuedTask, Stage};
use bosk_core::session::StopReason;
use bosk_core::view::Snapshot;
use bosk_core::wire::Call;
use bosk_core::{Problem, ProblemCode, SessionId};
use bosk_runtime::client::{self, Connection, Standing};
use bosk_runtime::fleet::First;
use bosk_runtime::queue::{self, Log};

use crate::Desk;
use crate::problems::{ProblemBody, Refusal};
use crate::words::{Accepted, Answering, Execute, Message, TaskView, read_id};

/// Its name among the fleet's listeners.
const NAME: &str = "serve";

type Body<T> = Result<Json<T>, JsonRejection>;
type Named = Result<Path<String>, PathRejection>;

/// Run a task. It starts when there is room for it.
#[utoipa::path(
    post, path = "/api/claude/execute", tag = "tasks", security(("token" = [])),
    request_body = Execute,
    responses(
        (status = 202, description = "It is in the queue.", body = Accepted),
        (status = "default", description = "It cannot be launched, or the request is wrong.", body = ProblemBody)
    )
)]
pub(crate) async fn execute(
    State(desk): State<Desk>,
    body: Body<Execute>,
) -> Result<(StatusCode, Json<Accepted>), Refusal> {
    let (spec, priority, after) = body?.0.read()?;
    let addition = Addition {
        specs: vec![spec],
        batch: None,
        max_usd: None,
        priority,
        after,
        builds_on: None,
        one_after_another: false,
    };
    let added = queue::add(&desk.home, addition).await?;
    let task_id = added.first().map(SessionId::to_string).unwrap_or_default();
    Ok((StatusCode::ACCEPTED, Json(Accepted { task_id })))
}

/// All tasks: those that wait, and all sessions, the newest first.
#[utoipa::path(
    get, path = "/api/claude/tasks", tag = "tasks", security(("token" = [])),
    responses(
        (status = 200, description = "They.", body = Vec<TaskView>),
        (status = "default", description = "The request is refused.", body = ProblemBody)
    )
)]
pub(crate) async fn list(State(desk): State<Desk>) -> Result<Json<Vec<TaskView>>, Refusal> {
    let Snapshot { mut sessions, queue, .. } = snapshot(&desk).await?;
    sessions.sort_by_key(|session| std::cmp::Reverse(session.created_at));
    let waiting = queue.iter().filter(|one| waits(one)).map(TaskView::of_task);
    let sessions = sessions.iter().map(|session| TaskView::of_session(session, &[]));
    Ok(Json(waiting.chain(sessions).collect()))
}

/// One task, with what it asks.
#[utoipa::path(
    get, path = "/api/claude/tasks/{task_id}", tag = "tasks", security(("token" = [])),
    params(("task_id" = String, Path, description = "The task.")),
    responses(
        (status = 200, description = "It.", body = TaskView),
        (status = 404, description = "There is none.", body = ProblemBody),
        (status = "default", description = "The request is refused.", body = ProblemBody)
    )
)]
pub(crate) async fn show(State(desk): State<Desk>, id: Named) -> Result<Json<TaskView>, Refusal> {
    let id = read_id(&id?.0)?;
    Ok(Json(view(&desk, &id).await?))
}

/// End a task: it is taken out of the queue, or its session is stopped. What it has done stays.
#[utoipa::path(
    delete, path = "/api/claude/tasks/{task_id}", tag = "tasks", security(("token" = [])),
    params(("task_id" = String, Path, description = "The task.")),
    responses(
        (status = 202, description = "It is ending, or has ended.", body = TaskView),
        (status = 404, description = "There is none.", body = ProblemBody),
        (status = "default", description = "The request is refused.", body = ProblemBody)
    )
)]
pub(crate) async fn end(
    State(desk): State<Desk>,
    id: Named,
) -> Result<(StatusCode, Json<TaskView>), Refusal> {
    let id = read_id(&id?.0)?;
    let before = view(&desk, &id).await?;
    let (home, task) = (desk.home.clone(), id.clone());
    let cancelled = tokio::task::spawn_blocking(move || {
        queue::order(&home, &mut Log::default(), vec![Order::Cancelled { id: task }])
    });
    let cancelled = cancelled.await.map_err(|error| internal(&error))?;
    let running = client::standing(&desk.home, &id).await;
    match (cancelled, running) {
        (Ok(()), _) | (_, Ok(Standing::Ended)) => {}
        (Err(_), Ok(Standing::Kept)) => {
            let connection = Connection::open(&desk.home, &id).await?;
            connection.call(Call::Stop { reason: StopReason::Person }).await?;
        }
        // It is being launched at this moment.
        (Err(problem), Err(_)) => return Err(problem.into()),
    }
    Ok((StatusCode::ACCEPTED, Json(before)))
}

/// Send a message. A session that has ended is started again in the same conversation.
#[utoipa::path(
    post, path = "/api/claude/tasks/{task_id}/messages", tag = "tasks", security(("token" = [])),
    params(("task_id" = String, Path, description = "The task.")), request_body = Message,
    responses(
        (status = 202, description = "It is on its way."),
        (status = 404, description = "There is no such session.", body = ProblemBody),
        (status = "default", description = "The request is refused.", body = ProblemBody)
    )
)]
pub(crate) async fn send(
    State(desk): State<Desk>,
    id: Named,
    body: Body<Message>,
) -> Result<StatusCode, Refusal> {
    let id = read_id(&id?.0)?;
    client::send::send(&desk.home, &id, &body?.0.text).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Answer what a session asks.
#[utoipa::path(
    post, path = "/api/claude/tasks/{task_id}/answers", tag = "tasks", security(("token" = [])),
    params(("task_id" = String, Path, description = "The task.")), request_body = Answering,
    responses(
        (status = 202, description = "It is answered."),
        (status = 404, description = "There is no such session.", body = ProblemBody),
        (status = 409, description = "It was answered or withdrawn already.", body = ProblemBody),
        (status = "default", description = "The request is refused.", body = ProblemBody)
    )
)]
pub(crate) async fn answer(
    State(desk): State<Desk>,
    id: Named,
    body: Body<Answering>,
) -> Result<StatusCode, Refusal> {
    let id = read_id(&id?.0)?;
    let (request_id, answer) = body?.0.read()?;
    client::standing(&desk.home, &id).await?;
    let connection = Connection::open(&desk.home, &id).await?;
    connection.call(Call::Answer { request_id, answer }).await?;
    Ok(StatusCode::ACCEPTED)
}

async fn snapshot(desk: &Desk) -> Result<Snapshot, Problem> {
    desk.fleet.snapshot(NAME, First::All).await
}

/// Whether it is no session yet, or not just now.
const fn waits(queued: &QueuedTask) -> bool {
    matches!(queued.stage, Stage::Waiting { .. } | Stage::Starting)
}

async fn view(desk: &Desk, id: &SessionId) -> Result<TaskView, Problem> {
    // Its keeper knows first, and a caller may have heard from it already.
    if let Ok(connection) = Connection::open(&desk.home, id).await
        && let Ok(status) = connection.status().await
    {
        return Ok(TaskView::of_session(&status.summary, &status.asks));
    }
    match desk.fleet.summary(id.clone()).await {
        Ok(row) => {
            let asks = desk.fleet.asks(id.clone()).await?;
            Ok(TaskView::of_session(&row, &asks))
        }
        Err(unknown) => {
            let queue = snapshot(desk).await?.queue;
            let found = queue.iter().find(|queued| queued.task.id == *id);
            found.map(TaskView::of_task).ok_or(unknown)
        }
    }
}

fn internal(error: &dyn std::fmt::Display) -> Problem {
    Problem::new(ProblemCode::Internal, format!("This was not done: {error}."))
}
