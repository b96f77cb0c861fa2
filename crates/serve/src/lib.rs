//! RING 3, for other programs: sessions over HTTP and WebSocket, described by OpenAPI. Off unless somebody
//! starts it, on loopback unless told otherwise, and never without the token. Thin: what happens is the
//! runtime's. Not here: where the token is kept.

mod guard;
mod problems;
mod stream;
mod tasks;
mod words;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::DefaultBodyLimit;
use axum::routing::get;
use axum::{Json, Router, middleware};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::claude::Secret;
use bosk_runtime::fleet::Fleet;
use bosk_runtime::home::Home;
use tokio::net::TcpListener;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

/// The largest request: bytes. A prompt with pictures in it.
const LARGEST: usize = 16 << 20;

/// How the interface is offered.
#[derive(Debug)]
pub struct Options {
    /// What callers have to show.
    pub token: Secret,
    /// Names by which this machine may be called, besides its loopback ones: `name:port`.
    pub hosts: Vec<String>,
}

/// What every request needs.
#[derive(Debug, Clone)]
pub(crate) struct Desk {
    pub(crate) home: Home,
    pub(crate) fleet: Fleet,
    pub(crate) guard: Arc<guard::Guard>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Bosk",
        description = "Claude Code sessions of this machine: run, watch, steer and end them. Events come by \
                       WebSocket at `/ws/claude/{task_id}?from=SEQ`: everything after that sequence number, then \
                       whatever happens. The token goes into `Authorization`, or into the WebSocket's subprotocol as \
                       `bosk.bearer.TOKEN`; never into an address."
    ),
    modifiers(&Bearer)
)]
struct Description;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, openapi: &mut utoipa::openapi::OpenApi) {
        let scheme = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = openapi.components.get_or_insert_default();
        components.add_security_scheme("token", SecurityScheme::Http(scheme));
    }
}

/// The description of the interface, as JSON.
#[must_use]
pub fn description() -> utoipa::openapi::OpenApi {
    api().into_openapi()
}

fn api() -> OpenApiRouter<Desk> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(tasks::execute))
        .routes(routes!(tasks::list))
        .routes(routes!(tasks::show, tasks::end))
        .routes(routes!(tasks::send))
        .routes(routes!(tasks::answer))
}

/// Serves until the process ends.
///
/// # Errors
/// The sessions cannot be followed, or the socket breaks.
pub async fn serve(home: Home, listener: TcpListener, options: Options) -> Result<(), Problem> {
    let broken = |error: std::io::Error| {
        Problem::new(ProblemCode::Internal, format!("The interface cannot be offered: {error}."))
    };
    let at = listener.local_addr().map_err(broken)?;
    let guard = Arc::new(guard::Guard::new(options.token, hosts(at, options.hosts)));
    let desk = Desk { fleet: Fleet::open(home.clone())?, home, guard };
    axum::serve(listener, router(desk)).await.map_err(broken)
}

fn router(desk: Desk) -> Router {
    let (api, description) = api().split_for_parts();
    let inside = api
        .route("/ws/claude/{task_id}", get(stream::follow))
        .layer(middleware::from_fn_with_state(desk.clone(), guard::with_token));
    Router::new()
        .route("/api/openapi.json", get(move || std::future::ready(Json(description.clone()))))
        .merge(inside)
        .fallback(problems::not_found)
        .method_not_allowed_fallback(problems::not_allowed)
        .layer(DefaultBodyLimit::max(LARGEST))
        .layer(middleware::from_fn_with_state(desk.clone(), guard::for_this_machine))
        .with_state(desk)
}

/// The names by which the socket may be called: a page of somebody else's that has its name point here is
/// called by that name.
fn hosts(at: SocketAddr, more: Vec<String>) -> Vec<String> {
    let port = at.port();
    let mut hosts =
        vec![format!("localhost:{port}"), format!("127.0.0.1:{port}"), format!("[::1]:{port}")];
    hosts.push(at.to_string());
    hosts.extend(more);
    hosts
}
