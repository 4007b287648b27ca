//! USSD: turns in, screens out, and the end of a session.

use std::time::Duration;

use bytes::Bytes;
use http::Response;

use super::status;
use crate::aggregators::form::Form;
use crate::aggregators::quote::quote;
use crate::aggregators::reply::plain;
use crate::aggregators::{
    CallbackError, Input, Network, RawRequest, Screen, ScreenLimits, SessionEnd, SessionId, Turn,
};

pub(super) fn read_turn(request: &RawRequest<'_>) -> Result<Turn, CallbackError> {
    let form = Form::read(request)?;
    Ok(Turn {
        session: session_id(&form)?,
        caller: form.msisdn("phoneNumber")?,
        service_code: form.identifier("serviceCode")?,
        network: network(&form)?,
        input: Input::Cumulative(form.text("text")?),
    })
}

pub(super) fn write_screen(screen: &Screen) -> Response<Bytes> {
    let verb = if screen.end { "END" } else { "CON" };
    plain(&format!("{verb} {}", screen.text))
}

pub(super) fn read_session_end(request: &RawRequest<'_>) -> Result<SessionEnd, CallbackError> {
    let form = Form::read(request)?;
    let number = |name| Ok(form.optional(name)?.and_then(|text| text.parse().ok()));
    Ok(SessionEnd {
        session: session_id(&form)?,
        caller: form.msisdn("phoneNumber").map(Some)?,
        service_code: form.optional("serviceCode")?,
        network: network(&form)?,
        status: status::end_status(&form.required("status")?),
        duration: number("durationInMillis")?.map(Duration::from_millis),
        hops: number("hopsCount")?.and_then(|hops| u32::try_from(hops).ok()),
        cost: form.optional("cost")?.map(|cost| quote(&cost)),
        error: form.optional("errorMessage")?.map(|said| quote(&said)),
    })
}

/// What fits on a screen and into an answer, by the help centre's article on USSD
/// lengths in Kenya. Networks without a figure there get the smaller one.
#[must_use]
pub fn limits(network: Option<&Network>) -> ScreenLimits {
    let (screen, input) = match network {
        Some(Network::Airtel) => (184, 90),
        _ => (160, 80),
    };
    ScreenLimits { screen, input }
}

pub(super) fn network(form: &Form<'_>) -> Result<Option<Network>, CallbackError> {
    let code = form.optional("networkCode")?;
    Ok(code.map(|code| Network::from_code(&code)))
}

fn session_id(form: &Form<'_>) -> Result<SessionId, CallbackError> {
    let id = form.required("sessionId")?;
    SessionId::parse(&id).ok_or(CallbackError::Malformed("sessionId"))
}

#[cfg(test)]
mod tests {
    use http::header::CONTENT_TYPE;

    use super::super::wire::{account, posted};
    use super::*;
    use crate::aggregators::{EndStatus, Ussd};
    use crate::domain::Msisdn;

    const FIRST: &str = "sessionId=ATUid_9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d&serviceCode=%2A384%2A2026%23\
                         &phoneNumber=%2B254700000001&networkCode=63902&text=";

    fn turn(body: &str) -> Result<Turn, CallbackError> {
        posted(body, |_, request| read_turn(request))
    }

    fn typed(body: &str) -> String {
        match turn(body).unwrap().input {
            Input::Cumulative(text) => text.to_string(),
            other => panic!("Africa's Talking sends all answers, not {other:?}"),
        }
    }

    #[test]
    fn the_first_hop_has_an_empty_text() {
        let turn = turn(FIRST).unwrap();
        assert_eq!(
            turn.session.as_str(),
            "ATUid_9b1deb4d3b7d4bad9bdd2b0d7b3dcb6d"
        );
        assert_eq!(turn.caller.e164(), "+254700000001");
        assert_eq!(turn.service_code, "*384*2026#");
        assert_eq!(turn.network, Some(Network::Safaricom));
        assert_eq!(typed(FIRST), "");
    }

    #[test]
    fn later_hops_repeat_every_answer_untouched() {
        for (sent, meant) in [
            ("1", "1"),
            ("1%2A1%2A2", "1*1*2"),
            ("1*1*2", "1*1*2"),
            ("1%2A", "1*"),
            ("7%2A%2A%2Ab", "7***b"),
            (
                "2%2AWanjiku+Ng%27ang%27a%2A100%25",
                "2*Wanjiku Ng'ang'a*100%",
            ),
        ] {
            assert_eq!(typed(&format!("{FIRST}{sent}")), meant);
        }
    }

    #[test]
    fn only_the_network_may_be_left_out() {
        let fields = [
            ("sessionId", "s1"),
            ("serviceCode", "*384*2026#"),
            ("phoneNumber", "+254700000001"),
            ("networkCode", "99999"),
            ("text", ""),
        ];
        for left_out in fields.map(|field| field.0) {
            let rest: Vec<_> = fields.iter().filter(|field| field.0 != left_out).collect();
            let body = serde_urlencoded::to_string(rest).unwrap();
            let expected = match left_out {
                "networkCode" => None,
                name => Some(CallbackError::Missing(name)),
            };
            assert_eq!(turn(&body).err(), expected);
        }
    }

    #[test]
    fn fields_we_do_not_know_are_ignored_and_any_network_will_do() {
        let body = "sessionId=s1&serviceCode=*384%23&phoneNumber=%2B254700000007&text=1\
                    &networkCode=12345&newField=1&newField=2";
        let network = turn(body).unwrap().network;
        assert_eq!(network, Some(Network::Other("12345".to_owned())));
    }

    #[test]
    fn a_turn_with_a_bad_value_is_refused_by_the_name_of_its_field() {
        let good = [
            ("sessionId", "s1"),
            ("serviceCode", "*384#"),
            ("phoneNumber", "+254700000001"),
            ("text", "1"),
        ];
        for (name, value) in [
            ("sessionId", "two words"),
            ("serviceCode", "*384\n#"),
            ("phoneNumber", "+14155550100"),
            ("phoneNumber", "254700000001 OR 1=1"),
            ("text", "1\0"),
        ] {
            let fields = good.map(|field| {
                if field.0 == name {
                    (name, value)
                } else {
                    field
                }
            });
            let body = serde_urlencoded::to_string(fields).unwrap();
            assert_eq!(turn(&body).err(), Some(CallbackError::Malformed(name)));
        }
        let twice = turn(&format!("{FIRST}1&text=2")).err();
        assert_eq!(twice, Some(CallbackError::Repeated("text")));
    }

    #[test]
    fn a_turn_prints_without_number_and_answers() {
        let printed = format!("{:?}", turn(&format!("{FIRST}2*9876")).unwrap());
        assert!(!printed.contains("254700000001"), "{printed}");
        assert!(!printed.contains("9876"), "{printed}");
    }

    #[test]
    fn a_screen_goes_on_or_ends() {
        for (end, bytes) in [
            (false, "CON Chagua:\n1. Barua"),
            (true, "END Chagua:\n1. Barua"),
        ] {
            let text = "Chagua:\n1. Barua".to_owned();
            let response = write_screen(&Screen { text, end });
            assert_eq!(response.status(), 200);
            assert_eq!(
                response.headers()[CONTENT_TYPE],
                "text/plain; charset=utf-8"
            );
            assert_eq!(response.body(), bytes);
        }
    }

    #[test]
    fn airtel_screens_are_longer() {
        let screen = |network: Option<&Network>| account().limits(network).screen;
        assert_eq!(screen(Some(&Network::Airtel)), 184);
        assert_eq!(screen(Some(&Network::Safaricom)), 160);
        assert_eq!(screen(Some(&Network::Other("99999".to_owned()))), 160);
        assert_eq!(screen(None), 160);
    }

    #[test]
    fn the_end_of_a_session_is_read_without_what_was_said() {
        let body = "date=2026-11-02+08%3A00%3A00&sessionId=s1&serviceCode=%2A384%2A2026%23\
                    &networkCode=63903&phoneNumber=%2B254700000007&status=Incomplete\
                    &cost=KES+0.10&durationInMillis=20500&hopsCount=3\
                    &hopsMetadata=root%7Cpin&input=2%2A9876&lastAppResponse=CON+secret";
        let end = posted(body, |_, request| read_session_end(request)).unwrap();
        assert_eq!(end.session.as_str(), "s1");
        assert_eq!(end.caller, Msisdn::parse("254700000007").ok());
        assert_eq!(end.service_code.as_deref(), Some("*384*2026#"));
        assert_eq!(end.network, Some(Network::Airtel));
        assert_eq!(end.status, EndStatus::Incomplete);
        assert_eq!(end.duration, Some(Duration::from_millis(20_500)));
        assert_eq!(end.hops, Some(3));
        assert_eq!(end.cost.as_deref(), Some("KES 0.10"));
        assert_eq!(end.error, None);
    }

    #[test]
    fn the_end_of_a_session_needs_only_who_and_how() {
        let statuses = [
            ("success", EndStatus::Success),
            ("Failed", EndStatus::Failed),
            ("Aborted", EndStatus::Other("Aborted".to_owned())),
        ];
        for (said, status) in statuses {
            let body = format!(
                "sessionId=s1&phoneNumber=%2B254700000001&status={said}\
                 &cost=0.00&durationInMillis=soon&hopsCount=&errorMessage=no+route"
            );
            let end = posted(&body, |_, request| read_session_end(request)).unwrap();
            assert_eq!(end.status, status);
            assert_eq!((end.duration, end.hops), (None, None));
            assert_eq!(end.error.as_deref(), Some("no route"));
        }
        let body = "sessionId=s1&phoneNumber=%2B254700000001";
        let end = posted(body, |_, request| read_session_end(request));
        assert_eq!(end, Err(CallbackError::Missing("status")));
    }
}
