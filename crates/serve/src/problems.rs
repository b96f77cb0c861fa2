//! A problem as an answer: the same three fields as everywhere, and the status that says it best.

use axum::Json;
use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use bosk_core::{Problem, ProblemCode};
use serde::Serialize;
use utoipa::ToSchema;

/// Why something was not done.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemBody {
    /// What programs decide on, such as `not_trusted`.
    code: String,
    /// What happened, and what that means for the work.
    message: String,
    /// The next thing to do.
    hint: Option<String>,
}

impl From<Problem> for ProblemBody {
    fn from(problem: Problem) -> Self {
        let code = serde_json::to_value(problem.code).ok();
        let code = code.and_then(|code| code.as_str().map(str::to_owned)).unwrap_or_default();
        Self { code, message: problem.message, hint: problem.hint }
    }
}

/// An answer that refuses.
#[derive(Debug)]
pub(crate) struct Refusal(pub(crate) StatusCode, pub(crate) Problem);

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        let status = match problem.code {
            ProblemCode::SessionUnknown
            | ProblemCode::NotARepository
            | ProblemCode::BareRepository
            | ProblemCode::BaseUnknown => StatusCode::NOT_FOUND,
            ProblemCode::SessionState
            | ProblemCode::RequestGone
            | ProblemCode::KeeperUnreachable
            | ProblemCode::UnbornBranch
            | ProblemCode::BranchExists
            | ProblemCode::BranchCheckedOut => StatusCode::CONFLICT,
            ProblemCode::NotTrusted => StatusCode::FORBIDDEN,
            ProblemCode::LimitReached => StatusCode::TOO_MANY_REQUESTS,
            ProblemCode::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
            ProblemCode::Internal | ProblemCode::HomeUnwritable => {
                StatusCode::INTERNAL_SERVER_ERROR
            }
            ProblemCode::TimedOut => StatusCode::GATEWAY_TIMEOUT,
            _ => StatusCode::UNPROCESSABLE_ENTITY,
        };
        Self(status, problem)
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        (self.0, Json(ProblemBody::from(self.1))).into_response()
    }
}

macro_rules! from_rejection {
    ($($rejection:ty),*) => {$(
        impl From<$rejection> for Refusal {
            fn from(rejection: $rejection) -> Self {
                Self(rejection.status(), Problem::new(ProblemCode::InvalidInput, rejection.body_text()))
            }
        }
    )*};
}
from_rejection!(JsonRejection, PathRejection, QueryRejection);

pub(crate) async fn not_found() -> Refusal {
    let problem = Problem::new(ProblemCode::InvalidInput, "There is nothing at this address.")
        .hint("`/api/openapi.json` describes what there is.");
    Refusal(StatusCode::NOT_FOUND, problem)
}

pub(crate) async fn not_allowed() -> Refusal {
    let problem =
        Problem::new(ProblemCode::InvalidInput, "This address does not take that method.");
    Refusal(StatusCode::METHOD_NOT_ALLOWED, problem)
}
