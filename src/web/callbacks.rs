//! What aggregators call.

use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, Path, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use crate::aggregators::{CallbackError, Channel, Hop, RawRequest, SessionEnd, Ussd};
use crate::intake::to_the_end;
use crate::store::{inbound, sim_checks};

use super::app::App;
use super::respond::nothing_here;

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
        Ok(Hop::Ended(end)) => return has_ended(&app, channel, side, &end),
        Err(error) => return refuse(error),
    };
    let deadline = side.deadline();
    let screen = app.intake.turn(channel, &turn, deadline).await;
    side.write_screen(&screen, &turn, &call.raw())
        .map(Into::into)
}

/// The end of a session. It may never come, so nothing depends on it.
pub(super) async fn ussd_end(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let Some(side) = channel.aggregator.ussd() else {
        return refuse(CallbackError::NotOffered);
    };
    match side.read_session_end(&call.raw()) {
        Ok(end) => has_ended(&app, channel, side, &end),
        Err(error) => refuse(error),
    }
}

fn has_ended(app: &App, channel: &Channel, side: &dyn Ussd, end: &SessionEnd) -> Response {
    app.intake.ended(&channel.name, end);
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
    let kept = app.intake.sms(&channel.name, messages).await;
    acknowledge_if(kept.is_ok(), channel)
}

/// What became of SMS of ours.
pub(super) async fn delivery(State(app): State<App>, call: Call) -> Response {
    let channel = &call.channel;
    let reports = match channel.aggregator.read_reports(&call.raw()) {
        Ok(reports) => reports,
        Err(error) => return refuse(error),
    };
    let kept = app.intake.reports(&channel.name, reports).await;
    acknowledge_if(kept.is_ok(), channel)
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
