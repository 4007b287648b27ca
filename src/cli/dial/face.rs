//! What is printed: frames for people, JSON for programs, or the whole terminal.

use std::io::{self, Write};

use serde_json::{Value, json};

use super::frame::{frame, wrapped};
use super::phone::{Event, Limits, Phones};
use super::terminal::Terminal;
use crate::text;

/// How what happens is shown.
pub(super) enum Face {
    /// Line after line.
    Plain,
    /// An object a line.
    Json,
    /// In place, with a clock that runs.
    Terminal(Box<Terminal>),
}

impl Face {
    /// Shows that something happened.
    pub(super) fn tell(
        &mut self,
        phones: &Phones,
        limits: Limits,
        event: &Event<'_>,
    ) -> io::Result<()> {
        match self {
            Self::Plain => say(&plain(phones, limits, event)),
            Self::Json => say(&format!("{}\n", as_json(phones, event))),
            Self::Terminal(terminal) => terminal.draw(phones, limits),
        }
    }
}

fn say(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

fn plain(phones: &Phones, limits: Limits, event: &Event<'_>) -> String {
    let phone = phones.in_hand();
    let number = |place: usize| phones.all[place].from.as_str();
    match event {
        Event::Dialled(code) => format!("{} dials {code}\n", phone.from.as_str()),
        Event::Typed(text) => format!("> {text}\n"),
        Event::Screen(reply) => {
            let next = if reply.end {
                "the end".to_owned()
            } else {
                format!("{} s", phone.silence(limits).as_secs())
            };
            let foot = format!("{}, {next}", phone.state);
            format!("{}\n", frame(&phone.title(), &reply.text, &foot).join("\n"))
        }
        Event::Sms(place, sms) => {
            let text = wrapped(&sms.text).join("\n  ");
            format!("SMS to {}\n  {text}\n", number(*place))
        }
        Event::TimedOut(place, limit) => format!(
            "{} timed out: {} of {} s\n",
            number(*place),
            limit.name(),
            limit.seconds()
        ),
        Event::HungUp => format!("{} hangs up\n", phone.from.as_str()),
        Event::Failed(_) => "Connection problem or invalid MMI code.\n".to_owned(),
        Event::TakenUp => String::new(),
    }
}

fn as_json(phones: &Phones, event: &Event<'_>) -> Value {
    let phone = phones.in_hand();
    let mut value = match event {
        Event::Dialled(code) => json!({"event": "dialled", "code": code}),
        Event::Typed(text) => json!({"event": "typed", "text": text}),
        Event::Screen(reply) => json!({
            "event": "screen",
            "text": reply.text,
            "end": reply.end,
            "septets": text::septets(&reply.text),
            "limit": phone.carrier.limits().screen,
            "network": phone.carrier.code(),
        }),
        Event::Sms(_, sms) => json!({
            "event": "sms", "id": sms.id, "text": sms.text, "at": sms.at, "segments": sms.segments,
        }),
        Event::TimedOut(_, limit) => {
            json!({"event": "timed_out", "limit": limit.name(), "seconds": limit.seconds()})
        }
        Event::HungUp => json!({"event": "hung_up"}),
        Event::Failed(error) => json!({"event": "failed", "reason": error.to_string()}),
        Event::TakenUp => json!({"event": "taken_up"}),
    };
    let place = match event {
        Event::Sms(place, _) | Event::TimedOut(place, _) => *place,
        _ => phones.current,
    };
    value["msisdn"] = phones.all[place].from.as_str().into();
    value
}
