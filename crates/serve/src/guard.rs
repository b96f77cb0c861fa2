//! Who may call: whoever shows the token, by a name of this machine's, and from no page of somebody else's.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bosk_core::{Problem, ProblemCode};
use bosk_runtime::claude::Secret;

use crate::Desk;
use crate::problems::Refusal;

/// What the subprotocol begins with that carries the token: a page cannot set other headers of a WebSocket.
pub(crate) const PROTOCOL: &str = "bosk.bearer.";

/// What is asked of callers.
#[derive(Debug)]
pub(crate) struct Guard {
    token: Secret,
    hosts: Vec<String>,
}

impl Guard {
    pub(crate) const fn new(token: Secret, hosts: Vec<String>) -> Self {
        Self { token, hosts }
    }

    fn knows(&self, host: &str) -> bool {
        self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// Whether it is the token. It takes as long whatever of it is wrong.
    fn accepts(&self, shown: &str) -> bool {
        let (ours, theirs) = (self.token.reveal().as_bytes(), shown.as_bytes());
        let differ = ours.iter().zip(theirs).fold(0, |all, (one, other)| all | (one ^ other));
        differ == 0 && ours.len() == theirs.len()
    }

    fn is_meant(&self, headers: &HeaderMap) -> bool {
        let word = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let host = word(header::HOST).is_some_and(|host| self.knows(host));
        let origin = headers.get(header::ORIGIN).is_none_or(|origin| {
            let origin = origin.to_str().ok().and_then(|text| text.strip_prefix("http://"));
            origin.is_some_and(|host| self.knows(host))
        });
        host && origin
    }

    fn is_shown(&self, headers: &HeaderMap) -> bool {
        let word = |name| headers.get(name).and_then(|value| value.to_str().ok());
        let bearer = word(header::AUTHORIZATION).and_then(|text| text.strip_prefix("Bearer "));
        let protocols = word(header::SEC_WEBSOCKET_PROTOCOL).unwrap_or_default();
        let mut protocols =
            protocols.split(',').filter_map(|one| one.trim().strip_prefix(PROTOCOL));
        bearer.or_else(|| protocols.next()).is_some_and(|token| self.accepts(token))
    }
}

/// Lets through what calls this machine by its name.
pub(crate) async fn for_this_machine(
    State(desk): State<Desk>,
    request: Request,
    next: Next,
) -> Response {
    if desk.guard.is_meant(request.headers()) {
        return next.run(request).await;
    }
    let text = "The request was made for another machine's name, or by a page of somebody else's.";
    let problem = Problem::new(ProblemCode::InvalidInput, text)
        .hint("Call the address that `bosk serve` names, or allow the name with --host.");
    Refusal(StatusCode::FORBIDDEN, problem).into_response()
}

/// Lets through whoever shows the token.
pub(crate) async fn with_token(State(desk): State<Desk>, request: Request, next: Next) -> Response {
    if desk.guard.is_shown(request.headers()) {
        return next.run(request).await;
    }
    let problem = Problem::new(ProblemCode::SignedOut, "The token is missing or wrong.")
        .hint("Send `Authorization: Bearer TOKEN`; `bosk serve --show-token` prints it.");
    let mut response = Refusal(StatusCode::UNAUTHORIZED, problem).into_response();
    response
        .headers_mut()
        .insert(header::WWW_AUTHENTICATE, header::HeaderValue::from_static("Bearer"));
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guard() -> Guard {
        let token = Secret::interface("bosk_0123456789abcdef0123456789abcdef").unwrap();
        Guard::new(token, vec!["127.0.0.1:80".to_owned(), "localhost:80".to_owned()])
    }

    fn headers(all: &[(header::HeaderName, &str)]) -> HeaderMap {
        all.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn names_and_pages_of_others_are_refused() {
        let meant = |host: &str, origin: Option<&str>| {
            let host = (header::HOST, host);
            let origin = origin.map(|origin| (header::ORIGIN, origin));
            guard().is_meant(&headers(&[host].into_iter().chain(origin).collect::<Vec<_>>()))
        };
        assert!(meant("127.0.0.1:80", None) && meant("LocalHost:80", Some("http://localhost:80")));
        assert!(!meant("evil.example:80", None) && !meant("127.0.0.1:81", None));
        assert!(!meant("127.0.0.1:80", Some("http://evil.example")));
        assert!(!meant("127.0.0.1:80", Some("null")));
        assert!(!guard().is_meant(&HeaderMap::new()));
    }

    #[test]
    fn only_the_whole_token_is_accepted() {
        let guard = guard();
        let token = "bosk_0123456789abcdef0123456789abcdef";
        let shown = |name, value: &str| guard.is_shown(&headers(&[(name, value)]));
        assert!(shown(header::AUTHORIZATION, &format!("Bearer {token}")));
        assert!(shown(header::SEC_WEBSOCKET_PROTOCOL, &format!("bosk, bosk.bearer.{token}")));
        for wrong in [
            "",
            "Bearer",
            "Bearer ",
            "Bearer bosk_0123",
            &format!("Bearer {token}0"),
            &format!("Basic {token}"),
        ] {
            assert!(!shown(header::AUTHORIZATION, wrong), "{wrong}");
        }
        assert!(!guard.is_shown(&HeaderMap::new()));
    }
}
