//! SMS: messages from people, delivery reports, opt-outs.

use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::status;
use super::ussd::network;
use crate::aggregators::form::Form;
use crate::aggregators::number::full_number;
use crate::aggregators::quote::quote;
use crate::aggregators::{CallbackError, Inbound, OptOut, RawRequest, Report, Sender};
use crate::domain::Timestamp;

pub(super) fn read_inbound(request: &RawRequest<'_>) -> Result<Inbound, CallbackError> {
    let form = Form::read(request)?;
    Ok(Inbound {
        id: form.identifier("id").map(Some)?,
        from: sender(form.required("from")?),
        to: form.required("to")?,
        text: form.text("text")?,
        link_id: form.optional("linkId")?,
        network: network(&form)?,
        received: form.optional("date")?.and_then(|date| time(&date)),
        part: None,
    })
}

pub(super) fn read_report(request: &RawRequest<'_>) -> Result<Report, CallbackError> {
    let form = Form::read(request)?;
    let said = quote(&form.required("status")?);
    let (status, implied) = status::report(&said);
    let told = form.optional("failureReason")?;
    let to = form.optional("phoneNumber")?;
    Ok(Report {
        message_id: form.identifier("id")?,
        to: to.and_then(|number| full_number(&number)),
        status,
        said,
        reason: told.map(|told| status::failure(&quote(&told))).or(implied),
        network: network(&form)?,
    })
}

pub(super) fn read_opt_out(request: &RawRequest<'_>) -> Result<OptOut, CallbackError> {
    let form = Form::read(request)?;
    Ok(OptOut {
        sender: form.required("senderId")?,
        caller: form.msisdn("phoneNumber")?,
    })
}

fn sender(from: String) -> Sender {
    full_number(&from).map_or(Sender::Other(from), Sender::Person)
}

/// Dates are seen as `2026-11-02T08:00:00Z`, with and without milliseconds, and
/// as `2026-11-02 08:00:00`, which is UTC too.
fn time(date: &str) -> Option<Timestamp> {
    let without_zone = |date: &str| {
        let date = date.parse::<DateTime>().ok()?;
        TimeZone::UTC.to_timestamp(date).ok()
    };
    let time = date.parse().ok().or_else(|| without_zone(date))?;
    Some(Timestamp::from_millis(jiff::Timestamp::as_millisecond(
        time,
    )))
}

#[cfg(test)]
mod tests {
    use super::super::AfricasTalking;
    use super::super::wire::posted;
    use super::*;
    use crate::aggregators::{Aggregator, FailureReason, Network, ReportStatus};
    use crate::domain::Msisdn;

    fn inbound(body: &str) -> Result<Inbound, CallbackError> {
        posted(body, |_, request| read_inbound(request))
    }

    fn report(body: &str) -> Result<Report, CallbackError> {
        posted(body, |_, request| read_report(request))
    }

    #[test]
    fn an_sms_from_a_person_is_read() {
        let sms = inbound(
            "date=2026-11-02T08%3A00%3A00Z&from=%2B254700000001&id=8f14e45f-ceea-4671-9a3b-0c1d2e3f4a5b\
             &linkId=&text=BARUA+90000001&to=22026&cost=KES+0.0000&networkCode=63902",
        )
        .unwrap();
        assert_eq!(
            sms.id.as_deref(),
            Some("8f14e45f-ceea-4671-9a3b-0c1d2e3f4a5b")
        );
        let person = Msisdn::parse("254700000001").unwrap();
        assert_eq!(sms.from, Sender::Person(person));
        assert_eq!(sms.to, "22026");
        assert_eq!(sms.text.as_str(), "BARUA 90000001");
        assert_eq!(sms.link_id, None);
        assert_eq!(sms.network, Some(Network::Safaricom));
        assert_eq!(
            sms.received,
            Some(Timestamp::from_millis(1_793_606_400_000))
        );
    }

    #[test]
    fn an_sms_may_be_empty_and_may_come_from_a_name() {
        let sms = inbound("from=MTN&id=1174&text=&to=22026&linkId=L-1").unwrap();
        assert_eq!(sms.from, Sender::Other("MTN".to_owned()));
        assert_eq!(sms.text.as_str(), "");
        assert_eq!(sms.link_id.as_deref(), Some("L-1"));
        assert_eq!(sms.received, None);
    }

    #[test]
    fn an_sms_without_its_id_is_refused() {
        let sms = inbound("from=MTN&text=hi&to=22026");
        assert_eq!(sms, Err(CallbackError::Missing("id")));
    }

    #[test]
    fn an_sms_prints_without_number_and_text() {
        let sms = inbound("from=%2B254700000001&id=1&text=PIN+9876&to=22026").unwrap();
        let printed = format!("{sms:?}");
        assert!(!printed.contains("254700000001"), "{printed}");
        assert!(!printed.contains("9876"), "{printed}");
    }

    #[test]
    fn dates_are_read_in_every_shape_seen() {
        let eight = Some(Timestamp::from_millis(1_793_606_400_000));
        for date in [
            "2026-11-02T08:00:00Z",
            "2026-11-02T08:00:00.000Z",
            "2026-11-02 08:00:00",
            "2026-11-02T11:00:00+03:00",
        ] {
            assert_eq!(time(date), eight, "{date}");
        }
        assert_eq!(time("yesterday"), None);
    }

    #[test]
    fn reports_say_where_a_message_is() {
        for (said, status, reason) in [
            ("Sent", ReportStatus::InTransit, None),
            ("Submitted", ReportStatus::InTransit, None),
            ("Buffered", ReportStatus::InTransit, None),
            ("Success", ReportStatus::Delivered, None),
            ("SUCCESS", ReportStatus::Delivered, None),
            ("Rejected", ReportStatus::Failed, None),
            ("Failed", ReportStatus::Failed, None),
            (
                "AbsentSubscriber",
                ReportStatus::Failed,
                Some(FailureReason::Absent),
            ),
            (
                "Expired",
                ReportStatus::Failed,
                Some(FailureReason::Expired),
            ),
            ("Teleported", ReportStatus::Unknown, None),
        ] {
            let body = format!(
                "id=ATXid_1&status={said}&phoneNumber=%2B254700000001&networkCode=63902&retryCount=0"
            );
            let report = report(&body).unwrap();
            assert_eq!(report.message_id, "ATXid_1");
            assert_eq!(report.to, Msisdn::parse("254700000001").ok());
            assert_eq!((report.status, report.reason), (status, reason), "{said}");
            assert_eq!(report.said, said);
        }
    }

    #[test]
    fn reports_say_why_a_message_failed_in_either_spelling() {
        for (said, reason) in [
            ("InsufficientCredit", FailureReason::NoCredit),
            ("InvalidLinkId", FailureReason::InvalidLink),
            ("UserIsInactive", FailureReason::Inactive),
            ("UserInBlackList", FailureReason::Blocked),
            ("UserInBlacklist", FailureReason::Blocked),
            ("UserAccountSuspended", FailureReason::Suspended),
            ("NotNetworkSubcriber", FailureReason::WrongNetwork),
            ("NotNetworkSubscriber", FailureReason::WrongNetwork),
            ("UserNotSubscribedToProduct", FailureReason::NotSubscribed),
            ("UserDoesNotExist", FailureReason::NoSuchLine),
            ("DeliveryFailure", FailureReason::Undelivered),
            ("DoNotDisturbRejection", FailureReason::DoNotDisturb),
            (
                "SimOnTheMoon",
                FailureReason::Other("SimOnTheMoon".to_owned()),
            ),
        ] {
            let report = report(&format!("id=1&status=Failed&failureReason={said}")).unwrap();
            assert_eq!(report.reason, Some(reason));
            assert_eq!((report.to, report.network), (None, None));
        }
    }

    #[test]
    fn a_report_without_id_or_status_is_refused() {
        assert_eq!(report("status=Success"), Err(CallbackError::Missing("id")));
        assert_eq!(
            report("id=1&status="),
            Err(CallbackError::Missing("status"))
        );
    }

    #[test]
    fn an_opt_out_names_sender_and_person() {
        let read = |body| posted(body, AfricasTalking::read_opt_out);
        let opt_out = read("senderId=COUNCIL&phoneNumber=+254700000001").unwrap();
        assert_eq!(opt_out.sender, "COUNCIL");
        assert_eq!(opt_out.caller.as_str(), "254700000001");
        let nobody = read("senderId=COUNCIL&phoneNumber=").err();
        assert_eq!(nobody, Some(CallbackError::Missing("phoneNumber")));
    }
}
