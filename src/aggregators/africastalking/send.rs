//! The requests we make: one SMS, or one question about a line.

use bytes::Bytes;
use http::header::{ACCEPT, CONTENT_TYPE, HeaderName, HeaderValue};
use http::{Method, Request, Uri};
use serde_json::json;
use zeroize::Zeroizing;

use super::{Endpoint, Settings, SettingsError};
use crate::aggregators::Sms;
use crate::aggregators::form::FormWriter;
use crate::domain::Msisdn;

/// Where and as whom we send: the settings, checked once.
#[derive(Debug)]
pub(super) struct Desk {
    classic: Uri,
    bulk: Uri,
    premium: Uri,
    sim_swap: Uri,
    endpoint: Endpoint,
    username: String,
    sender_id: Option<String>,
    /// Marked sensitive, so it prints as `Sensitive`.
    key: HeaderValue,
}

impl Desk {
    pub(super) fn open(settings: Settings) -> Result<Self, SettingsError> {
        let base = settings.base_url.trim_end_matches('/');
        // Answers to paid messages have a host of their own, though not in the
        // sandbox; questions about lines have one in both. Any other address,
        // such as a test's, stays as it is.
        let content = base.replace("//api.africastalking.com", "//content.africastalking.com");
        let insights = if base.ends_with(".africastalking.com") {
            base.replace("//api.", "//insights.")
        } else {
            base.to_owned()
        };
        Ok(Self {
            classic: address(base, "/version1/messaging")?,
            bulk: address(base, "/version1/messaging/bulk")?,
            premium: address(&content, "/version1/messaging")?,
            sim_swap: address(&insights, "/v1/sim-swap")?,
            endpoint: settings.endpoint,
            username: settings.username,
            sender_id: settings.sender_id,
            key: sensitive(&settings.api_key)?,
        })
    }

    pub(super) fn request(&self, sms: &Sms<'_>) -> Request<Bytes> {
        match (sms.link_id, self.endpoint) {
            (Some(link), _) => self.premium(sms, link),
            (None, Endpoint::Classic) => self.classic(sms),
            (None, Endpoint::Bulk) => self.bulk(sms),
        }
    }

    fn classic(&self, sms: &Sms<'_>) -> Request<Bytes> {
        let form = self.form(sms).field("bulkSMSMode", "1");
        self.post(&self.classic, FORM, form.finish())
    }

    fn premium(&self, sms: &Sms<'_>, link: &str) -> Request<Bytes> {
        let form = self.form(sms).field("bulkSMSMode", "0");
        let form = form.field("linkId", link);
        self.post(&self.premium, FORM, form.finish())
    }

    fn form(&self, sms: &Sms<'_>) -> FormWriter {
        let form = FormWriter::new()
            .field("username", &self.username)
            .field("to", &sms.to.e164())
            .field("message", sms.text);
        match self.sender(sms) {
            Some(sender) => form.field("from", sender),
            None => form,
        }
    }

    fn bulk(&self, sms: &Sms<'_>) -> Request<Bytes> {
        let mut body = json!({
            "username": self.username,
            "message": sms.text,
            "phoneNumbers": [sms.to.e164()],
        });
        if let Some(sender) = self.sender(sms) {
            body["senderId"] = sender.into();
        }
        let body = Zeroizing::new(body.to_string().into_bytes());
        self.post(&self.bulk, JSON, body)
    }

    pub(super) fn sim_swap_request(&self, line: &Msisdn) -> Request<Bytes> {
        let body = json!({"username": self.username, "phoneNumbers": [line.e164()]});
        let body = Zeroizing::new(body.to_string().into_bytes());
        self.post(&self.sim_swap, JSON, body)
    }

    fn sender<'a>(&'a self, sms: &Sms<'a>) -> Option<&'a str> {
        sms.sender.or(self.sender_id.as_deref())
    }

    fn post(&self, to: &Uri, kind: HeaderValue, body: Zeroizing<Vec<u8>>) -> Request<Bytes> {
        let mut request = Request::new(Bytes::from_owner(body));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = to.clone();
        let headers = request.headers_mut();
        headers.insert(API_KEY, self.key.clone());
        headers.insert(CONTENT_TYPE, kind);
        // Without it the answer may be XML.
        headers.insert(ACCEPT, JSON);
        request
    }
}

const API_KEY: HeaderName = HeaderName::from_static("apikey");
const FORM: HeaderValue = HeaderValue::from_static("application/x-www-form-urlencoded");
const JSON: HeaderValue = HeaderValue::from_static("application/json");

fn address(base: &str, path: &str) -> Result<Uri, SettingsError> {
    let uri: Uri = format!("{base}{path}")
        .parse()
        .map_err(|_| SettingsError::BaseUrl)?;
    match uri.scheme_str() {
        Some("http" | "https") => Ok(uri),
        _ => Err(SettingsError::BaseUrl),
    }
}

fn sensitive(key: &str) -> Result<HeaderValue, SettingsError> {
    let mut value = HeaderValue::from_str(key).map_err(|_| SettingsError::ApiKey)?;
    if value.is_empty() {
        return Err(SettingsError::ApiKey);
    }
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::super::{AfricasTalking, wire};
    use super::*;
    use crate::aggregators::{HttpSms, SimCards};
    use crate::domain::{MessageId, Timestamp};

    fn request(settings: Settings, sender: Option<&str>, link_id: Option<&str>) -> Request<Bytes> {
        let to = Msisdn::parse("0700000001").unwrap();
        let sms = Sms {
            id: &MessageId::fresh(),
            now: Timestamp::from_millis(0),
            to: &to,
            text: "PIN: 1*2 & more",
            sender,
            link_id,
        };
        AfricasTalking::open(settings).unwrap().sms_request(&sms)
    }

    fn bulk(settings: Settings) -> Settings {
        Settings {
            endpoint: Endpoint::Bulk,
            ..settings
        }
    }

    #[test]
    fn a_message_goes_out_as_a_form() {
        let request = request(wire::settings(), None, None);
        assert_eq!(request.method(), Method::POST);
        assert_eq!(
            request.uri(),
            "https://api.africastalking.com/version1/messaging"
        );
        assert_eq!(request.headers()["apiKey"], "atsk_0123456789abcdef");
        assert_eq!(
            request.headers()[CONTENT_TYPE],
            "application/x-www-form-urlencoded"
        );
        assert_eq!(request.headers()[ACCEPT], "application/json");
        assert_eq!(
            request.body(),
            "username=council&to=%2B254700000001&message=PIN%3A+1*2+%26+more&from=COUNCIL&bulkSMSMode=1"
        );
    }

    #[test]
    fn a_message_goes_out_as_json_where_the_settings_say_so() {
        let request = request(bulk(wire::settings()), Some("22026"), None);
        assert_eq!(
            request.uri(),
            "https://api.africastalking.com/version1/messaging/bulk"
        );
        assert_eq!(request.headers()[CONTENT_TYPE], "application/json");
        let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
        let expected = json!({
            "username": "council",
            "message": "PIN: 1*2 & more",
            "phoneNumbers": ["+254700000001"],
            "senderId": "22026",
        });
        assert_eq!(body, expected);
    }

    #[test]
    fn the_answer_to_a_paid_message_goes_to_the_content_host_with_its_link() {
        let request = request(bulk(wire::settings()), Some("22026"), Some("L 1"));
        assert_eq!(
            request.uri(),
            "https://content.africastalking.com/version1/messaging"
        );
        let body = std::str::from_utf8(request.body()).unwrap();
        assert!(
            body.ends_with("&from=22026&bulkSMSMode=0&linkId=L+1"),
            "{body}"
        );
    }

    #[test]
    fn the_sandbox_answers_paid_messages_itself() {
        let settings = Settings {
            base_url: "https://api.sandbox.africastalking.com/".to_owned(),
            sender_id: None,
            ..wire::settings()
        };
        let request = request(settings, None, Some("L1"));
        assert_eq!(
            request.uri(),
            "https://api.sandbox.africastalking.com/version1/messaging"
        );
        assert!(!request.body().starts_with(b"from="));
    }

    #[test]
    fn a_question_about_a_line_goes_to_the_insights_host() {
        let line = Msisdn::parse("254700000001").unwrap();
        for (base, host) in [
            (
                "https://api.africastalking.com",
                "https://insights.africastalking.com",
            ),
            (
                "https://api.sandbox.africastalking.com",
                "https://insights.sandbox.africastalking.com",
            ),
            ("http://127.0.0.1:9000", "http://127.0.0.1:9000"),
        ] {
            let settings = Settings {
                base_url: base.to_owned(),
                ..wire::settings()
            };
            let request = AfricasTalking::open(settings)
                .unwrap()
                .sim_swap_request(&line);
            assert_eq!(request.uri().to_string(), format!("{host}/v1/sim-swap"));
            let body: serde_json::Value = serde_json::from_slice(request.body()).unwrap();
            let expected = json!({"username": "council", "phoneNumbers": ["+254700000001"]});
            assert_eq!(body, expected);
        }
    }

    #[test]
    fn settings_that_cannot_work_are_refused() {
        for base_url in [
            "",
            "api.africastalking.com",
            "ftp://example.org",
            "https://",
        ] {
            let settings = Settings {
                base_url: base_url.to_owned(),
                ..wire::settings()
            };
            assert_eq!(
                AfricasTalking::open(settings).err(),
                Some(SettingsError::BaseUrl)
            );
        }
        for key in ["", "two\nlines"] {
            let settings = Settings {
                api_key: Zeroizing::new(key.to_owned()),
                ..wire::settings()
            };
            assert_eq!(
                AfricasTalking::open(settings).err(),
                Some(SettingsError::ApiKey)
            );
        }
    }

    #[test]
    fn an_account_prints_without_its_key() {
        let printed = format!("{:?}", wire::account());
        assert!(!printed.contains("atsk"), "{printed}");
    }
}
