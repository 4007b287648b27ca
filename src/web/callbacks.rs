//! What aggregators call.

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::aggregators::{CallbackError, Channel, RawRequest, Sender, Turn};
use crate::crypto::Sealed;
use crate::domain::Language;
use crate::outbox::reports;
use crate::store::{inbound, sim_checks};
use crate::ussd::{Engine, Screen};

use super::app::App;
use super::respond::{nothing_here, to_the_end};

/// Whose callback it says it is.
#[derive(Deserialize)]
struct Door {
    channel: String,
    secret: String,
}

/// A callback as it came, from somebody who knows the channel's secret.
pub(super) struct Call {
    channel: Channel,
    parts: Parts,
    body: Bytes,
}

impl FromRequest<App> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        // The door comes first: strangers do not even learn which methods there are.
        let door = Path::<Door>::from_request_parts(&mut parts, app).await.ok();
        let channel = door.and_then(|Path(door)| app.channels.behind(&door.channel, &door.secret));
        let channel = channel.ok_or_else(nothing_here)?.clone();
        let body = Bytes::from_request(Request::new(body), app)
            .await
            .map_err(|refusal| {
                tracing::warn!(status = refusal.status().as_u16(), "callback body refused");
                refusal.status().into_response()
            })?;
        Ok(Self {
            channel,
            parts,
            body,
        })
    }
}

impl Call {
    fn raw(&self) -> RawRequest<'_> {
        RawRequest {
            method: &self.parts.method,
            query: self.parts.uri.query(),
            headers: &self.parts.headers,
            body: &self.body,
        }
    }
}

/// One hop of a USSD session. Whatever happens inside, a phone waits for a screen.
pub(super) async fn ussd(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let turn = match channel.aggregator.read_turn(&call.raw()) {
        Ok(turn) => turn,
        Err(error) => return refuse(error),
    };
    let began = Instant::now();
    let (screen, outcome) = take_turn(&app, channel, &turn).await;
    app.metrics.hop(outcome, began.elapsed());
    channel
        .aggregator
        .write_screen(&screen, &turn)
        .map(Into::into)
}

async fn take_turn(app: &App, channel: &Channel, turn: &Turn) -> (Screen, &'static str) {
    let limit = channel.screen_limit(turn.network.as_ref());
    let work = {
        let (dialogue, name, turn) = (app.dialogue.clone(), channel.name.clone(), turn.clone());
        to_the_end(async move { dialogue.take_turn(&name, &turn, limit).await })
    };
    // Half the aggregator's patience. The work goes on; a repeat finds its answer.
    let taken = tokio::time::timeout(channel.aggregator.deadline() / 2, work).await;
    if let Ok(Ok(screen)) = taken {
        return (screen, "answered");
    }
    if taken.is_err() {
        tracing::error!("the turn took too long");
    }
    let menu = &app.dialogue.menus.current().menu;
    let sorry = Engine { menu, limit }.closing(&menu.words.unavailable.it, Language::default());
    (sorry, if taken.is_err() { "late" } else { "failed" })
}

/// The end of a session. It may never come, so nothing depends on it.
pub(super) async fn ussd_end(call: Call) -> Response {
    let channel = &call.channel;
    match channel.aggregator.read_session_end(&call.raw()) {
        Ok(end) => {
            let duration_ms = end
                .duration
                .and_then(|duration| u64::try_from(duration.as_millis()).ok());
            tracing::info!(channel = channel.name, status = ?end.status, hops = end.hops, duration_ms, "session ended");
            channel.aggregator.acknowledge().map(Into::into)
        }
        Err(error) => refuse(error),
    }
}

/// An SMS from a person. It is kept before it is acknowledged, and once.
pub(super) async fn sms(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let inbound = match channel.aggregator.read_inbound(&call.raw()) {
        Ok(inbound) => inbound,
        Err(error) => return refuse(error),
    };
    let Sender::Person(sender) = inbound.from else {
        // A network's notice: nobody to answer.
        return channel.aggregator.acknowledge().map(Into::into);
    };
    let (inner, name) = (app.clone(), channel.name.clone());
    let kept = to_the_end(async move {
        let place = Sealed {
            column: "inbound.body",
            row: &inbound.id,
        };
        let body = place.seal(&inner.tools.keys, inbound.text.as_bytes());
        let mut tx = inner.store.begin().await?;
        inbound::keep(
            &mut tx,
            &name,
            &inbound.id,
            sender.as_str(),
            &body,
            inner.clock.now(),
        )
        .await?;
        tx.commit().await
    });
    acknowledge_if(kept.await.is_ok(), channel)
}

/// What became of an SMS of ours.
pub(super) async fn delivery(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let report = match channel.aggregator.read_report(&call.raw()) {
        Ok(report) => report,
        Err(error) => return refuse(error),
    };
    let (inner, name) = (app.clone(), channel.name.clone());
    let kept = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        reports::take(&mut tx, &name, report, inner.clock.now(), &inner.metrics).await?;
        tx.commit().await
    });
    acknowledge_if(kept.await.is_ok(), channel)
}

/// A person wants no more promotion.
pub(super) async fn opt_out(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let wish = match channel.aggregator.read_opt_out(&call.raw()) {
        Ok(wish) => wish,
        Err(error) => return refuse(error),
    };
    let inner = app.clone();
    let kept = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        inbound::opt_out(&mut tx, &wish.sender, &wish.caller, inner.clock.now()).await?;
        tx.commit().await
    });
    acknowledge_if(kept.await.is_ok(), channel)
}

/// What a network tells of the SIM card behind a line that we asked about.
pub(super) async fn sim_swap(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let verdict = match channel.aggregator.read_sim_swap(&call.raw()) {
        Ok(verdict) => verdict,
        Err(error) => return refuse(error),
    };
    let (inner, name) = (app.clone(), channel.name.clone());
    let kept = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        let now = inner.clock.now();
        sim_checks::keep_verdict(&mut tx, &name, &verdict.request_id, verdict.swap, now).await?;
        tx.commit().await
    });
    acknowledge_if(kept.await.is_ok(), channel)
}

/// Aggregators repeat what was not acknowledged.
fn acknowledge_if(kept: bool, channel: &Channel) -> Response {
    if kept {
        channel.aggregator.acknowledge().map(Into::into)
    } else {
        StatusCode::SERVICE_UNAVAILABLE.into_response()
    }
}

/// A callback that can't be read. The error names the field and never its value.
fn refuse(error: CallbackError) -> Response {
    let status = match error {
        CallbackError::NotAPost => StatusCode::METHOD_NOT_ALLOWED,
        CallbackError::NotAForm | CallbackError::NotJson => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        CallbackError::Missing(_) | CallbackError::Repeated(_) | CallbackError::Malformed(_) => {
            StatusCode::BAD_REQUEST
        }
    };
    tracing::warn!(error = &error as &dyn std::error::Error, "callback refused");
    let mut response = (status, error.to_string()).into_response();
    if status == StatusCode::METHOD_NOT_ALLOWED {
        let allowed = HeaderValue::from_static("POST");
        response.headers_mut().insert(header::ALLOW, allowed);
    }
    response
}
