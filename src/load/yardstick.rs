//! What to compare with: a web server on the same libraries that answers every hop with the same
//! screen, and keeps nothing.

use axum::Router;
use axum::body::Bytes;
use axum::routing::{get, post};
use tokio::net::TcpListener;

/// As long as most screens are.
const SCREEN: &str = "CON KNEC CP2\n1. My deployment\n2. Get letter by SMS\n3. Reset password\n\
    4. My details\n5. Change phone number\n6. Problem, help\n7. Kiswahili\n0. Exit";

/// Serves it until the process ends.
pub async fn yardstick(listener: TcpListener) -> std::io::Result<()> {
    let routes = Router::new()
        .route("/yardstick", get(ready))
        .route("/callbacks/{channel}/{secret}/ussd", post(hop));
    axum::serve(listener, routes).await
}

async fn ready() -> &'static str {
    SCREEN
}

/// The body is read, as nobody could answer without it.
async fn hop(_: Bytes) -> &'static str {
    SCREEN
}
