//! Connections. `axum::serve` sets no timer, so a client that never finishes its
//! headers would hold a connection for ever; the loop is written out here.

use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

use super::client::Peer;

/// The most bytes that headers may take.
const HEADER_BYTES: usize = 32 * 1024;

/// How long clients are waited for.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// To send the headers of a request; a connection may idle as long.
    pub headers: Duration,
    /// To finish what has begun when the service stops.
    pub stop: Duration,
}

/// Serves until told to stop, then finishes what has begun.
pub async fn serve(
    listener: TcpListener,
    router: Router,
    stop: CancellationToken,
    patience: Patience,
) {
    let connections = GracefulShutdown::new();
    while let Some(accepted) = stop.run_until_cancelled(listener.accept()).await {
        match accepted {
            Ok((stream, peer)) => {
                let peer = Peer(peer.ip());
                talk(stream, peer, router.clone(), &connections, patience.headers);
            }
            Err(error) => {
                // Out of file handles, most likely: waiting lets some come free.
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "a connection can't be accepted"
                );
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    // What has connected by now waits for an answer.
    if let Ok(listener) = listener.into_std() {
        while let Ok((stream, peer)) = listener.accept() {
            let set = stream.set_nonblocking(true);
            let Ok(stream) = set.and_then(|()| TcpStream::from_std(stream)) else {
                continue;
            };
            let peer = Peer(peer.ip());
            talk(stream, peer, router.clone(), &connections, patience.headers);
        }
    }
    if tokio::time::timeout(patience.stop, connections.shutdown())
        .await
        .is_err()
    {
        tracing::warn!("some connections did not finish in time");
    }
}

fn talk(
    stream: TcpStream,
    peer: Peer,
    router: Router,
    connections: &GracefulShutdown,
    headers: Duration,
) {
    // An answer is one small packet; waiting for more of it only delays a screen.
    let _ = stream.set_nodelay(true);
    let service = service_fn(move |mut request: http::Request<Incoming>| {
        request.extensions_mut().insert(peer);
        router.clone().oneshot(request.map(Body::new))
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(headers)
        .max_buf_size(HEADER_BYTES)
        .serve_connection(TokioIo::new(stream), service);
    let connection = connections.watch(connection);
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(
                error = &error as &dyn std::error::Error,
                "a connection broke"
            );
        }
    });
}
