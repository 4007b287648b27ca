//! Connections, one of which can be made to break before its answer, or never to answer.
//!
//! `axum::serve` always answers, so the loop is written out here.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::response::Response;
use bytes::Bytes;
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// No answer of ours is longer.
const LONGEST: usize = 64 * 1024;

/// Marks a response that must not reach its client.
#[derive(Clone, Copy, Debug)]
pub(super) enum NoReply {
    /// The connection breaks.
    Lost,
    /// The connection breaks in the middle of it.
    Half,
    /// The connection stays open, and silent, until its client closes it.
    Held,
}

/// As the error of a service it makes hyper close the connection without a word.
#[derive(Debug, thiserror::Error)]
#[error("the answer is lost on purpose")]
struct ReplyLost;

pub(super) async fn serve(
    listener: TcpListener,
    app: Router,
    stop: CancellationToken,
    tasks: TaskTracker,
) {
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, _)) => {
                tasks.spawn(
                    stop.clone()
                        .run_until_cancelled_owned(talk(stream, app.clone())),
                );
            }
            Err(error) => {
                tracing::warn!(%error, "the sandbox can't accept a connection");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
}

async fn talk(stream: TcpStream, app: Router) {
    let service = service_fn(|request| answer(app.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(30))
        .serve_connection(TokioIo::new(stream), service);
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a connection to the sandbox broke");
    }
}

async fn answer(app: Router, request: http::Request<Incoming>) -> Result<Response, ReplyLost> {
    let Ok(response) = app.oneshot(request.map(Body::new)).await;
    match response.extensions().get::<NoReply>() {
        Some(NoReply::Lost) => Err(ReplyLost),
        Some(NoReply::Half) => Ok(cut_off(response).await),
        Some(NoReply::Held) => std::future::pending().await,
        None => Ok(response),
    }
}

/// Half an answer, behind which the connection breaks.
async fn cut_off(response: Response) -> Response {
    let (parts, body) = response.into_parts();
    let mut whole = to_bytes(body, LONGEST).await.unwrap_or_default();
    let half = whole.split_to(whole.len() / 2);
    let mut head = http::Response::new(Body::new(Broken(Some(half))));
    *head.status_mut() = parts.status;
    head
}

/// A body that ends with an error.
struct Broken(Option<Bytes>);

impl hyper::body::Body for Broken {
    type Data = Bytes;
    type Error = ReplyLost;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, ReplyLost>>> {
        let half = self.0.take().map(|half| Ok(Frame::data(half)));
        Poll::Ready(Some(half.unwrap_or(Err(ReplyLost))))
    }
}
