//! What aggregators call.

use std::time::Instant;

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::aggregators::{
    CallbackError, Channel, Hop, Inbound, RawRequest, Sender, SessionEnd, Turn, Ussd,
};
use crate::crypto::Sealed;
use crate::domain::{Language, MessageId};
use crate::failpoints::power_may_go;
use crate::outbox::reports::take;
use crate::store::{StoreError, Tx, inbound, sim_checks};
use crate::ussd::{Engine, Screen};

use super::app::App;
use super::respond::{nothing_here, to_the_end};

/// Whose callback it says it is.
#[derive(Deserialize)]
struct Door {
    channel: String,
    secret: String,
    /// What stands behind the callback's own path.
    #[serde(default)]
    rest: String,
}

/// A callback as it came, from somebody who knows the channel's secret.
pub(super) struct Call {
    channel: Channel,
    parts: Parts,
    rest: String,
    body: Bytes,
}

impl FromRequest<App> for Call {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        // The door comes first: strangers do not even learn which methods there are.
        let door = Path::<Door>::from_request_parts(&mut parts, app).await.ok();
        let Path(door) = door.ok_or_else(nothing_here)?;
        let channel = app.channels.behind(&door.channel, &door.secret);
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
            rest: door.rest,
            body,
        })
    }
}

impl Call {
    fn raw(&self) -> RawRequest<'_> {
        RawRequest {
            method: &self.parts.method,
            path: self.parts.uri.path(),
            rest: &self.rest,
            query: self.parts.uri.query(),
            headers: &self.parts.headers,
            body: &self.body,
        }
    }
}

/// One hop of a USSD session. Whatever happens inside, a phone waits for a screen.
pub(super) async fn ussd(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let Some(side) = channel.aggregator.ussd() else {
        return refuse(CallbackError::NotOffered);
    };
    let turn = match side.read_hop(&call.raw()) {
        Ok(Hop::Turn(turn)) => turn,
        Ok(Hop::Ended(end)) => return has_ended(channel, side, &end),
        Err(error) => return refuse(error),
    };
    let began = Instant::now();
    let (screen, outcome) = take_turn(&app, channel, side, &turn).await;
    app.metrics.hop(outcome, began.elapsed());
    side.write_screen(&screen, &turn, &call.raw())
        .map(Into::into)
}

async fn take_turn(
    app: &App,
    channel: &Channel,
    side: &dyn Ussd,
    turn: &Turn,
) -> (Screen, &'static str) {
    let limit = channel.screen_limit(turn.network.as_ref());
    let work = {
        let (dialogue, name, turn) = (app.dialogue.clone(), channel.name.clone(), turn.clone());
        to_the_end(async move { dialogue.take_turn(&name, &turn, limit).await })
    };
    // Half the aggregator's patience. The work goes on; a repeat finds its answer.
    let taken = tokio::time::timeout(side.deadline() / 2, work).await;
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
    let Some(side) = channel.aggregator.ussd() else {
        return refuse(CallbackError::NotOffered);
    };
    match side.read_session_end(&call.raw()) {
        Ok(end) => has_ended(channel, side, &end),
        Err(error) => refuse(error),
    }
}

fn has_ended(channel: &Channel, side: &dyn Ussd, end: &SessionEnd) -> Response {
    let duration_ms = end
        .duration
        .and_then(|duration| u64::try_from(duration.as_millis()).ok());
    tracing::info!(channel = channel.name, status = ?end.status, hops = end.hops, duration_ms, "session ended");
    side.acknowledge().map(Into::into)
}

/// SMS from people. Each is kept before it is acknowledged, and once.
pub(super) async fn sms(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let messages = match channel.aggregator.read_inbound(&call.raw()) {
        Ok(messages) => messages,
        Err(error) => return refuse(error),
    };
    let (inner, name) = (app.clone(), channel.name.clone());
    let kept = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        for message in &messages {
            keep(&inner, &mut tx, &name, message).await?;
        }
        power_may_go!("sms.commits");
        tx.commit().await?;
        power_may_go!("sms.committed");
        Ok::<_, StoreError>(())
    });
    acknowledge_if(kept.await.is_ok(), channel)
}

async fn keep(app: &App, tx: &mut Tx, channel: &str, message: &Inbound) -> Result<(), StoreError> {
    let Sender::Person(sender) = &message.from else {
        // A network's notice: nobody to answer.
        return Ok(());
    };
    // Without the aggregator's id a repeat can't be told from the same words again.
    let fresh = MessageId::fresh();
    let id = message.id.as_deref().unwrap_or(fresh.as_str());
    let place = Sealed {
        column: "inbound.body",
        row: id,
    };
    let body = place.seal(&app.tools.keys, message.text.as_bytes());
    inbound::keep(tx, channel, id, sender.as_str(), &body, app.clock.now()).await?;
    Ok(())
}

/// What became of SMS of ours.
pub(super) async fn delivery(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let reports = match channel.aggregator.read_reports(&call.raw()) {
        Ok(reports) => reports,
        Err(error) => return refuse(error),
    };
    let (inner, name) = (app.clone(), channel.name.clone());
    let kept = to_the_end(async move {
        let mut tx = inner.store.begin().await?;
        for report in reports {
            take(&mut tx, &name, report, inner.clock.now(), &inner.metrics).await?;
        }
        power_may_go!("report.commits");
        tx.commit().await?;
        power_may_go!("report.committed");
        Ok::<_, StoreError>(())
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
    let cards = channel
        .aggregator
        .sim_cards()
        .ok_or(CallbackError::NotOffered);
    let verdict = match cards.and_then(|cards| cards.read_sim_swap(&call.raw())) {
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
        CallbackError::NotOffered => return nothing_here(),
        CallbackError::NotSigned => StatusCode::FORBIDDEN,
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
